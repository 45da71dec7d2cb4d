"use strict";

(() => {
  const $ = (id) => document.getElementById(id);
  const { generation, port } = document.documentElement.dataset;
  const isOld = generation === "0.x";
  const server = `${location.protocol}//${location.hostname}:${port}`;
  $("page").textContent = location.origin;
  $("server").textContent = server;
  if (typeof io === "undefined") {
    banner("The Socket.IO client could not be loaded. Without a way to the CDN, run “npm ci” in examples once.");
    return;
  }

  const transports = isOld ? ["websocket", "xhr-polling", "jsonp-polling"] : ["upgrade", "websocket", "polling"];
  for (const name of transports) $("transport").append(new Option(name));
  $("transport").value = new URLSearchParams(location.search).get("transport") || transports[0];

  let socket;
  connect();

  function connect() {
    if (socket) socket.disconnect();
    const transport = $("transport").value;
    // 0.9 always sends cookies, and a browser's websocket does so, too.
    $("with").hidden = isOld || transport === "websocket";
    for (const id of ["known", "origin", "by"]) $(id).textContent = "–";
    enable(false);
    if (isOld) {
      io.transports = [transport];
      socket = io.connect(server, { "force new connection": true });
    } else {
      socket = io(server, {
        transports: transport === "upgrade" ? ["polling", "websocket"] : [transport],
        withCredentials: $("credentials").checked, // or the browser leaves the cookies out
        forceNew: true,
      });
    }
    listen(socket);
  }

  function listen(s) {
    s.on("hello", (hello) => {
      $("banner").hidden = true;
      $("known").textContent = hello.name;
      $("origin").textContent = hello.origin || "not said";
      $("by").textContent = hello.transport;
      enable(true);
    });
    s.on("said", (name, text) => {
      const item = document.createElement("li");
      const who = document.createElement("b");
      who.textContent = name + " ";
      item.append(who, text);
      $("log").append(item);
      $("log").scrollTop = $("log").scrollHeight;
    });
    const refused = (why) => { if (s === socket) banner(`Refused: ${why}.`); };
    if (isOld) {
      s.on("error", refused); // at the handshake
      s.on("connect_failed", refused); // by OnOpen, whose words 0.9 has no place for
    } else {
      s.on("connect_error", (err) => refused(err.message));
    }
    s.on("disconnect", () => { if (s === socket) enable(false); });
  }

  function enable(yes) {
    $("text").disabled = $("write").querySelector("button").disabled = !yes;
  }

  function banner(text) {
    $("banner").textContent = text;
    $("banner").className = "banner bad";
    $("banner").hidden = false;
  }

  // What a person does

  async function setName(name) {
    await fetch("/name", { method: "POST", body: new URLSearchParams({ name }) });
    connect(); // the cookie is read at the handshake
  }
  $("who").addEventListener("submit", (event) => {
    event.preventDefault();
    setName($("name").value.trim());
  });
  $("forget").addEventListener("click", () => {
    $("name").value = "";
    setName("");
  });
  $("transport").addEventListener("change", connect);
  $("credentials").addEventListener("change", connect);
  $("write").addEventListener("submit", (event) => {
    event.preventDefault();
    if ($("text").value.trim()) socket.emit("say", $("text").value);
    $("text").value = "";
  });
})();
