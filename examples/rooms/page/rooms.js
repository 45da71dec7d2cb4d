"use strict";

// The client's API has not changed in what is used here: this page is the same
// for 0.9 and 4.x.
(() => {
  const $ = (id) => document.getElementById(id);
  if (typeof io === "undefined") {
    banner("The Socket.IO client could not be loaded. Without a way to the CDN, run “npm ci” in examples once.");
    return;
  }
  const socket = io.connect(location.origin);
  let name = "";
  let room = "";
  const typing = new Map(); // who types, and the timer that takes it back

  // Coming in, and again after a break: the server knows nobody any more then.
  socket.on("connect", () => {
    $("banner").hidden = true;
    if (name) enter();
  });
  socket.on("disconnect", (reason) => {
    banner("Connection lost. Trying again…");
    enable(false);
    if (reason === "io server disconnect") setTimeout(() => socket.connect(), 500);
    if (reason === "booted") setTimeout(() => socket.socket.reconnect(), 500);
  });

  function enter() {
    socket.emit("enter", name, (given) => {
      $("me").textContent = name = given;
      $("door").hidden = true;
      $("inside").hidden = false;
      const back = room;
      room = "";
      if (back) move(back);
    });
  }

  function move(to) {
    socket.emit("move", to, (wrong) => {
      if (wrong) {
        banner(wrong);
        return;
      }
      room = to;
      $("room-title").textContent = to || "In no room";
      $("leave").hidden = !to;
      $("text").placeholder = to ? `Say something in ${to}` : "Join a room first";
      if (!to) $("members").replaceChildren();
      $("log").replaceChildren();
      for (const who of Array.from(typing.keys())) stopped(who);
      enable(Boolean(to));
      mark();
    });
  }

  function enable(yes) {
    $("text").disabled = $("write").querySelector("button").disabled = !yes;
  }

  // What the server tells

  socket.on("rooms", (rooms) => {
    $("none").hidden = rooms.length > 0;
    $("rooms").replaceChildren(...rooms.map((r) => {
      const button = element("button", "");
      button.type = "button";
      button.dataset.room = r.name;
      button.append(element("span", r.name), element("span", r.in, "in"));
      button.addEventListener("click", () => { if (r.name !== room) move(r.name); });
      const item = element("li", "");
      item.append(button);
      return item;
    }));
    mark();
  });
  socket.on("members", (names) => $("members").replaceChildren(...names.map((n) => element("li", n))));
  socket.on("noticed", (text) => log(element("li", text, "soft")));
  socket.on("said", (who, text) => {
    stopped(who);
    const item = element("li", "");
    item.append(element("b", who + " "), text);
    log(item);
  });
  socket.on("typing", (who, on) => {
    stopped(who);
    if (on) typing.set(who, setTimeout(() => stopped(who), 4000)); // its end may get lost
    showTyping();
  });

  function stopped(who) {
    clearTimeout(typing.get(who));
    typing.delete(who);
    showTyping();
  }

  function showTyping() {
    const who = Array.from(typing.keys());
    $("typing").textContent = who.length ? `${who.join(", ")} ${who.length > 1 ? "are" : "is"} typing…` : "";
  }

  function mark() {
    for (const b of $("rooms").querySelectorAll("button")) {
      if (b.dataset.room === room) b.setAttribute("aria-current", "true");
      else b.removeAttribute("aria-current");
    }
  }

  // What a person does

  $("door").addEventListener("submit", (event) => {
    event.preventDefault();
    name = $("name").value.trim();
    if (name) enter();
  });
  $("make").addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = $("new").value.trim().replace(/\s+/g, " ");
    if (wanted) move(wanted);
    $("new").value = "";
  });
  $("leave").addEventListener("click", () => move(""));
  let told = false;
  let quiet;
  $("text").addEventListener("input", () => {
    tell(Boolean($("text").value));
    clearTimeout(quiet);
    quiet = setTimeout(tell, 3000, false);
  });
  $("write").addEventListener("submit", (event) => {
    event.preventDefault();
    if ($("text").value.trim()) socket.emit("say", $("text").value);
    $("text").value = "";
    tell(false);
  });

  // tell says only what has changed.
  function tell(on) {
    if (on !== told) socket.emit("typing", told = on);
  }

  function log(item) {
    $("log").append(item);
    $("log").scrollTop = $("log").scrollHeight;
  }

  function banner(text) {
    $("banner").textContent = text;
    $("banner").classList.add("bad");
    $("banner").hidden = false;
  }

  function element(tag, text, className) {
    const e = document.createElement(tag);
    e.textContent = text;
    if (className) e.className = className;
    return e;
  }
})();
