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
  const socket = io.connect(location.origin);
  const pointers = new Map();

  socket.on("connect", () => {
    $("banner").hidden = true;
    clear(); // the server sends what is on the board
  });
  socket.on("disconnect", (reason) => {
    $("banner").textContent = "Connection lost. Trying again…";
    $("banner").hidden = false;
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 500);
    if (reason === "booted") setTimeout(() => socket.socket.reconnect(), 500);
  });

  const count = (id, n) => { $(id).textContent = Number($(id).textContent) + n; };
  canvas.on = (points) => {
    count("points", points);
    count("frames", 1);
  };
  socket.on("draw", (part) => {
    count("events", 1);
    canvas.add(part);
    if (pointers.has(part.by)) point(part.by, ...part.points.slice(-2));
  });
  socket.on("here", (n) => { $("here").textContent = n; });
  socket.on("cleared", clear);
  socket.on("at", point);
  socket.on("gone", (by) => {
    pointers.get(by)?.remove();
    pointers.delete(by);
  });

  function point(by, x, y) {
    if (!pointers.has(by)) {
      const dot = document.createElement("i");
      dot.className = "pointer";
      pointers.set(by, $("board").appendChild(dot));
    }
    pointers.get(by).style.left = `${x / 100}%`;
    pointers.get(by).style.top = `${y / 100}%`;
  }

  function clear() {
    canvas.clear();
    for (const id of ["points", "events", "frames"]) $(id).textContent = 0;
  }

  // Drawing: what the pointer has done since the last frame goes out as one
  // event, the points between two of its reports included.

  let line = 0;
  let drawing = false;
  let points = [];
  let last = null;

  const place = (e) => {
    const box = $("canvas").getBoundingClientRect();
    return [Math.round((e.clientX - box.left) * 10000 / box.width), Math.round((e.clientY - box.top) * 10000 / box.height)];
  };
  $("canvas").addEventListener("pointerdown", (e) => {
    $("canvas").setPointerCapture(e.pointerId);
    drawing = true;
    line++;
    note([e]);
  });
  $("canvas").addEventListener("pointermove", (e) => note(e.getCoalescedEvents?.().length ? e.getCoalescedEvents() : [e]));
  for (const end of ["pointerup", "pointercancel"]) {
    $("canvas").addEventListener(end, () => {
      send();
      drawing = false;
    });
  }

  function note(events) {
    if (!last) requestAnimationFrame(send);
    for (const e of events) {
      last = place(e);
      if (drawing) points.push(...last);
    }
  }

  function send() {
    if (points.length) {
      const part = { line, colour, width: Number($("width").value), points: points.slice(0, 400) };
      canvas.add({ by: "me", ...part }, true);
      socket.emit("draw", part);
    } else if (last) {
      socket.emit("at", ...last);
    }
    points = [];
    last = null;
  }

  // The tools

  let colour = 0;
  for (let i = 0; i < 6; i++) {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("role", "radio");
    button.setAttribute("aria-label", ["ink", "red", "amber", "green", "blue", "purple"][i]);
    button.style.setProperty("--colour", `var(--ink-${i})`);
    button.addEventListener("click", () => choose(i));
    $("colours").append(button);
  }
  function choose(n) {
    colour = n;
    Array.from($("colours").children, (b, i) => b.setAttribute("aria-checked", i === n));
  }
  choose(document.documentElement.dataset.generation === "0.x" ? 2 : 4);
  $("clear").addEventListener("click", () => socket.emit("clear"));
})();
