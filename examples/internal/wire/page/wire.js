"use strict";

// The page. What it uses of the client's API is the same from 0.7 to 4.x.
(() => {
  const $ = (id) => document.getElementById(id);
  const { generation, version, transport } = document.documentElement.dataset;
  const controls = ["text", "burst", "break"].map($).concat($("write").querySelector("button"));
  const isOld = generation === "0.x";
  if (typeof io === "undefined") {
    banner("The Socket.IO client could not be loaded. Without a way to the CDN, run “npm ci” in examples once.", true);
    return;
  }
  if (!isOld) controls.push($("binary"));
  else $("binary").title = "Clients of 0.7 to 0.9 know no binary data.";

  // The wire: shown from the first request on.

  const counted = { requests: 0, frames: 0, bytes: 0 };
  tap.on = (entry) => {
    const isFrame = entry.how === "frame";
    if (isFrame) counted.frames++;
    else if (entry.out) counted.requests++;
    const found = entry.data === undefined || entry.plain ? [] : packets(generation, entry.data, isFrame);
    if (!entry.plain) counted.bytes += size(entry.data);
    for (const name in counted) $(name).textContent = counted[name];
    showWire(entry, found);
  };
  if (isOld) tap.callbacks(io.j);
  if (transport === "htmlfile") tapHtmlfile();

  function size(data) {
    if (data === undefined) return 0;
    return typeof data === "string" ? new Blob([data]).size : data.byteLength;
  }

  function showWire(entry, found) {
    const item = document.createElement("li");
    item.className = entry.out ? "out" : "in";
    const what = element("span", "");
    what.append(element("span", `${entry.how}${entry.how === "frame" ? "" : " " + entry.where}`, "how"));
    for (const p of found) {
      const line = element("span", "", "packet");
      line.append(element("span", p.name, "name"), element("code", cut(p.text, 400)));
      what.append(line);
    }
    item.append(element("span", entry.out ? "↑" : "↓", "arrow"), what);
    append($("tap"), item, 300);
  }

  // The connection

  let socket;
  let connected = false;
  // A script tag that waits for an answer would keep the page loading.
  window.addEventListener("load", connect);

  function connect() {
    if (isOld) {
      io.transports = [transport]; // options would be merged into the list, item by item
      socket = io.connect(location.origin, { "force new connection": true });
    } else {
      socket = io.connect(location.origin, Object.assign({ forceNew: true }, options()));
    }
    listen(socket);
  }

  function options() {
    switch (transport) {
      case "upgrade": return { transports: ["polling", "websocket"] };
      case "polling-jsonp": return { transports: ["polling"], forceJSONP: true };
      default: return { transports: [transport] };
    }
  }

  function listen(s) {
    s.on("connect", () => {
      up(true);
      say("connected", "soft");
      ask();
      // After the upgrade the server sees another transport.
      if (!isOld) s.io.engine.once("upgrade", () => { say("upgraded to a websocket", "soft"); ask(); });
    });
    s.on("disconnect", (reason) => {
      up(false);
      say(`disconnected${reason ? ": " + reason : ""}`, "soft");
    });
    s.on("said", (who, text) => say(`${who}: ${text}`));
    s.on("connect_error", (err) => banner(`No connection: ${err.message || err}`, true));
    s.on("connect_failed", () => banner("No connection: no transport works.", true));
    if (isOld) s.on("error", (reason) => banner(`No connection: ${reason}`, true)); // "error" is the connection's own there
  }

  function up(yes) {
    connected = yes;
    $("banner").hidden = yes;
    if (!yes) banner("Disconnected.");
    for (const e of controls) e.disabled = !yes;
    $("break").disabled = false;
    $("break").textContent = yes ? "Disconnect" : "Connect";
    if (!yes) $("seen").textContent = "nobody";
  }

  // ask has the server say how it sees this client.
  function ask() {
    socket.emit("where", version, (seen) => { $("seen").textContent = seen; });
  }

  // What a person does

  $("write").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("text").value.trim();
    if (text) send(text);
    $("text").value = "";
  });
  $("burst").addEventListener("click", () => {
    for (let i = 1; i <= 10; i++) send(`${i} of ten`);
  });
  $("binary").addEventListener("click", () => {
    const bytes = Uint8Array.of(0, 1, 2, 3, 0xf0, 0x9f, 0x8c, 0xaa);
    const began = performance.now();
    socket.emit("reverse", bytes.buffer, (back) => {
      const hex = Array.from(new Uint8Array(back), (b) => b.toString(16).padStart(2, "0")).join(" ");
      say(`bytes came back reversed: ${hex}`, "", began);
    });
  });
  $("break").addEventListener("click", () => {
    if (connected) {
      socket.disconnect();
      if (isOld) up(false); // it does not say so by itself
    } else {
      banner("Connecting…");
      connect();
    }
  });

  function send(text) {
    const began = performance.now();
    socket.emit("say", text, (answer) => say(answer, "", began));
  }

  function say(text, how, began) {
    const item = element("li", text, how);
    if (began !== undefined) item.append(element("time", `${(performance.now() - began).toFixed(1)} ms`));
    append($("log"), item, 200);
  }

  function banner(text, bad) {
    $("banner").textContent = text;
    $("banner").classList.toggle("bad", Boolean(bad));
    $("banner").hidden = false;
  }

  function append(list, item, most) {
    list.append(item);
    if (list.children.length > most) list.firstChild.remove();
    list.scrollTop = list.scrollHeight;
  }

  function element(tag, text, name) {
    const e = document.createElement(tag);
    e.textContent = text;
    if (name) e.className = name;
    return e;
  }

  const cut = (text, n) => (text.length > n ? `${text.slice(0, n)}… (${text.length})` : text);
})();
