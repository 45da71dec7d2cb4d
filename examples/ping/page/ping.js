"use strict";

// The client's API has not changed in what is used here: this page is the same
// for 0.9 and 4.x.
(() => {
  const $ = (id) => document.getElementById(id);
  if (typeof io === "undefined") {
    $("banner").textContent = "The Socket.IO client could not be loaded. Without a way to the CDN, run “npm ci” in examples once.";
    $("banner").classList.add("bad");
    return;
  }
  const wanted = new URLSearchParams(location.search).get("transport");
  if (wanted && io.transports) io.transports = wanted.split(","); // 0.9 merges lists item by item
  const socket = io.connect(location.origin, wanted && !io.transports ? { transports: wanted.split(",") } : {});

  const kept = 120;
  const times = [];
  let count = 0;
  let connection = 0;

  socket.on("connect", () => {
    $("banner").hidden = true;
    ask(++connection);
  });
  socket.on("disconnect", (reason) => {
    connection++; // whatever was asked before has no answer any more
    $("banner").textContent = "Connection lost (" + reason + "). Trying again…";
    $("banner").hidden = false;
    // After an orderly restart the client stays away unless it is told.
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 500);
    if (reason === "booted") setTimeout(() => socket.socket.reconnect(), 500);
  });

  function ask(mine) {
    if (mine !== connection) return;
    const began = performance.now();
    socket.emit("ask", count, (answer) => {
      if (mine !== connection) return;
      note(performance.now() - began);
      $("transport").textContent = answer.transport;
      setTimeout(ask, 100, mine);
    });
  }

  function note(ms) {
    times.push(ms);
    if (times.length > kept) times.shift();
    const sorted = times.slice().sort((a, b) => a - b);
    const at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];
    $("last").textContent = ms.toFixed(1);
    $("median").textContent = at(0.5).toFixed(1);
    $("most").textContent = at(0.95).toFixed(1);
    $("count").textContent = ++count;
    draw(sorted[sorted.length - 1]);
  }

  function draw(most) {
    const top = Math.max(2, Math.ceil(most * 1.1));
    $("top").textContent = top;
    const x = (i) => ((i + kept - times.length) * 600) / (kept - 1);
    const y = (ms) => 160 - (ms / top) * 155;
    const line = times.map((ms, i) => `${i ? "L" : "M"}${x(i).toFixed(1)} ${y(ms).toFixed(1)}`).join("");
    $("curve").setAttribute("d", line);
    $("area").setAttribute("d", `${line}L600 160L${x(0).toFixed(1)} 160Z`);
  }
})();
