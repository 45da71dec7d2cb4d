"use strict";

// The line to the server, by today's client. legacy.js is its twin: chat.js
// knows neither of them, only what both offer.
//
//   openLine({up, down, moved, event}) -> {emit(name, ...args), transport()}
//
// up runs at each connection, the first and every later one; down gets a
// reason; moved runs when the transport has changed; event gets what the server
// emitted. The last argument of emit may be a function: the acknowledgement.
function openLine(on) {
  const wanted = new URLSearchParams(location.search).get("transport");
  const socket = io({
    transports: wanted ? wanted.split(",") : ["polling", "websocket"],
    reconnectionDelay: 500,
    reconnectionDelayMax: 4000,
  });

  socket.on("connect", () => {
    socket.io.engine.once("upgrade", on.moved);
    on.up();
  });
  socket.on("disconnect", (reason) => {
    on.down(reason);
    // The client comes back by itself after a broken line, but not when the
    // server has closed it on purpose: a restart is meant to be survived too.
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 500);
  });
  socket.onAny((name, data) => on.event(name, data));

  return {
    emit: (name, ...args) => socket.emit(name, ...args),
    transport: () => socket.io.engine.transport.name,
  };
}

// Binary travels as it is; the picture arrives as an ArrayBuffer.
const pictureData = (blob) => blob.arrayBuffer();
