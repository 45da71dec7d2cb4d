"use strict";

(() => {
  const $ = (id) => document.getElementById(id);
  if (typeof io === "undefined") {
    $("banner").textContent = "The Socket.IO client could not be loaded. Without a way to the CDN, run “npm ci” in examples once.";
    $("banner").classList.add("bad");
    return;
  }
  const socket = io({ transports: ["websocket"] });
  const kept = 120;
  const counts = { live: 0, back: 0, lost: 0, wrong: 0 };
  let last = null;
  let broken = null; // when the connection broke
  let fresh = true; // the socket is new, and has got no number yet
  let catchingUp = false; // the numbers that come now were sent before

  socket.on("connect", () => {
    // recovered: the server knows who we were, and sends what we have missed
    // before anything else.
    catchingUp = socket.recovered;
    fresh = !socket.recovered;
    const away = broken === null ? "" : `, after ${((performance.now() - broken) / 1000).toFixed(1)} s`;
    log(socket.recovered ? `recovered as ${socket.id}${away}` : `new as ${socket.id}${away}`);
    $("banner").hidden = true;
    for (const id of ["short", "long"]) $(id).disabled = false;
    // The answer comes behind what was missed.
    socket.emit("since", (ms) => {
      catchingUp = false;
      $("since").textContent = new Date(ms).toLocaleTimeString();
    });
  });

  socket.on("disconnect", (reason) => {
    broken = performance.now();
    log(`lost: ${reason}`);
    $("banner").textContent = "No connection: the server goes on counting…";
    $("banner").hidden = false;
    for (const id of ["short", "long"]) $(id).disabled = true;
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 500); // told to stay away
  });

  socket.on("number", (n) => {
    if (fresh && n <= last) last = null; // a server that was restarted counts anew
    fresh = false;
    if (last !== null && n <= last) counts.wrong++;
    if (last !== null) for (let i = last + 1; i < n; i++) add(i, "lost");
    last = n;
    add(n, catchingUp ? "back" : "live");
  });

  function add(n, kind) {
    counts[kind]++;
    const item = document.createElement("li");
    item.className = kind;
    item.textContent = n;
    $("numbers").append(item);
    while ($("numbers").childElementCount > kept) $("numbers").firstElementChild.remove();
    for (const name of Object.keys(counts)) $(name).textContent = counts[name];
  }

  function log(text) {
    const item = document.createElement("li");
    item.textContent = text;
    $("log").prepend(item);
  }

  // Closes the connection under the client, which comes back after ms.
  function away(ms) {
    socket.io.reconnectionDelay(ms);
    socket.io.reconnectionDelayMax(ms);
    socket.io.randomizationFactor(0);
    socket.io.engine.close();
  }

  $("short").addEventListener("click", () => away(2000));
  $("long").addEventListener("click", () => away(Number($("long").dataset.keep) * 1000 + 1500));
})();
