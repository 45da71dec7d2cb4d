"use strict";

// Engine.IO over a websocket is small enough to be spoken by hand. With the npm
// package engine.io-client it is: new Socket(url), on("message"), send(text).
(() => {
  const $ = (id) => document.getElementById(id);
  const params = new URLSearchParams(location.search);
  const name = params.get("name") ?? "Guest " + Math.random().toString(36).slice(2, 5);
  const url = `${location.origin.replace("http", "ws")}/engine.io/?EIO=4&transport=websocket&name=${encodeURIComponent(name)}`;
  let socket;
  $("name").textContent = name;
  connect();

  function connect() {
    socket = new WebSocket(url);
    socket.onmessage = (event) => {
      $("count").textContent = Number($("count").textContent) + 1;
      const type = event.data[0];
      if (type === "0") opened(JSON.parse(event.data.slice(1)));
      else if (type === "2") socket.send("3"); // a ping is answered
      else if (type === "4") show(event.data.slice(1));
    };
    socket.onclose = () => {
      ready(false);
      setTimeout(connect, 1000);
    };
  }

  function opened(open) {
    $("sid").textContent = open.sid.slice(0, 4) + "…"; // the rest is a secret
    ready(true);
  }

  function ready(yes) {
    $("banner").hidden = yes;
    $("banner").textContent = "The connection is lost. Trying again…";
    for (const e of $("write").elements) e.disabled = !yes;
  }

  function show(text) {
    const item = document.createElement("li");
    item.textContent = text;
    $("log").append(item);
    $("log").scrollTop = $("log").scrollHeight;
  }

  $("write").addEventListener("submit", (event) => {
    event.preventDefault();
    if ($("text").value) socket.send("4" + $("text").value);
    $("text").value = "";
  });
})();
