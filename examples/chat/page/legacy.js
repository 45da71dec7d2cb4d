"use strict";

// The line to the server, by the client of 2011 to 2014. See modern.js.
function openLine(on) {
  // Options are merged into this list item by item, so it is set directly.
  const wanted = new URLSearchParams(location.search).get("transport");
  io.transports = wanted ? wanted.split(",") : ["websocket", "xhr-polling"];
  const socket = io.connect(location.origin, {
    "reconnection delay": 250, // doubled before every attempt, up to the limit
    "reconnection limit": 2000,
    "max reconnection attempts": Infinity,
  });

  const known = ["joined", "left", "changed", "said", "typing", "picture"];
  for (const name of known) socket.on(name, (data) => on.event(name, data));
  socket.on("connect", on.up);
  socket.on("disconnect", (reason) => {
    on.down(reason);
    if (reason === "booted") setTimeout(() => socket.socket.reconnect(), 250);
  });

  return {
    emit: (name, ...args) => socket.emit(name, ...args),
    transport: () => socket.socket.transport.name,
  };
}

// This generation carries text alone: a picture goes as base64, and comes back
// as a data URL.
function pictureData(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
