"use strict";

(() => {
  const $ = (id) => document.getElementById(id);
  if (typeof io === "undefined") {
    $("banner").textContent = "The Socket.IO client could not be loaded. Without a way to the CDN, run “npm ci” in examples once.";
    $("banner").hidden = false;
    return;
  }
  const isOld = document.documentElement.dataset.generation === "0.x";

  // Both clients keep one connection for all namespaces of a server.
  const chat = io.connect(location.origin + "/chat");
  const clock = io.connect(location.origin + "/clock");
  if (isOld) chat.socket.on("connect", countConnections);
  else chat.io.on("open", countConnections);

  function countConnections() {
    $("connections").textContent = Number($("connections").textContent) + 1;
  }

  panel("chat", chat, $("text"), $("write").querySelector("button"));
  panel("clock", clock, $("hold"));

  // panel shows whether a namespace is joined, and leaves and joins it.
  function panel(name, socket, ...controls) {
    const card = $(name);
    const leave = card.querySelector(".leave");
    let joined = false;
    const show = (yes, text) => {
      joined = yes;
      card.classList.toggle("joined", yes);
      card.querySelector(".state").textContent = text;
      for (const e of controls) e.disabled = !yes;
      leave.textContent = (yes ? "Leave /" : "Join /") + name;
      leave.disabled = false;
    };
    socket.on("connect", () => show(true, "joined"));
    socket.on("disconnect", (reason) => show(false, reason && !/client/.test(reason) ? "lost" : "left"));
    leave.addEventListener("click", () => {
      if (joined) {
        leaveNamespace(socket);
        show(false, "left");
      } else {
        joinNamespace(socket);
      }
    });
  }

  // In 0.9 disconnect() of a namespace leaves it, and a connect packet joins it
  // again; 4.x has a call for each.
  function leaveNamespace(socket) {
    socket.disconnect();
  }
  function joinNamespace(socket) {
    if (isOld) socket.packet({ type: "connect" });
    else socket.connect();
  }

  // The chat

  chat.on("said", (name, text) => {
    const item = document.createElement("li");
    const who = document.createElement("b");
    who.textContent = name + " ";
    item.append(who, text);
    $("log").append(item);
    $("log").scrollTop = $("log").scrollHeight;
  });
  $("write").addEventListener("submit", (event) => {
    event.preventDefault();
    if ($("text").value.trim()) chat.emit("say", $("text").value);
    $("text").value = "";
  });

  // The clock

  let still = false;
  clock.on("connect", () => showHold(false));
  clock.on("time", (text) => { $("time").textContent = text; });
  $("hold").addEventListener("click", () => clock.emit("hold", !still, showHold));

  function showHold(yes) {
    still = yes;
    $("hold").textContent = yes ? "Go on" : "Hold";
  }
})();
