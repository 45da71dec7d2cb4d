"use strict";

// The page: the door, the line to the server, and what is written.
(() => {
  const $ = (id) => document.getElementById(id);
  const query = new URLSearchParams(location.search);
  let line = null; // set once the door was passed
  let name = "";
  let inside = false; // the server has let us in over the present connection
  let visits = 0;

  function banner(text, bad) {
    $("banner").textContent = text;
    $("banner").classList.toggle("bad", !!bad);
    $("banner").hidden = !text;
  }

  function setInside(yes) {
    inside = yes;
    for (const id of ["text", "send", "attach"]) $(id).disabled = !yes;
    if (!yes) typingStopped();
  }

  // The line

  const events = {
    joined(person) {
      people.put(person);
      log.notice(person.name + " came in with " + person.generation);
    },
    left(person) {
      people.remove(person.id);
      log.notice(person.name + " left");
    },
    changed: (person) => people.put(person),
    said(m) {
      people.type(m.from, false);
      log.said(m);
    },
    picture: (m) => log.picture(m),
    typing: (m) => people.type(m.from, m.on),
  };

  function up() {
    showTransport();
    line.emit("enter", name, (welcome) => {
      visits++;
      people.setAll(welcome.you, welcome.people);
      setInside(true);
      banner("");
      log.notice(visits === 1 ? "You are in as " + welcome.name : "Connected again, still " + welcome.name);
      if (visits === 1) $("text").focus();
    });
  }

  function down(reason) {
    setInside(false);
    people.setAll(0, []);
    $("transport").textContent = "none";
    banner("Connection lost (" + reason + "). Trying again…", true);
  }

  function moved() {
    showTransport();
    line.emit("moved");
  }

  function showTransport() {
    $("transport").textContent = line.transport();
  }

  function openDoor(yes) {
    $("door").hidden = !yes;
    document.querySelector("main").inert = yes;
    if (yes) $("name").focus();
  }

  function enter(wanted) {
    name = wanted;
    remember(name);
    openDoor(false);
    banner("Connecting…");
    line = openLine({ up, down, moved, event: (event, data) => events[event] && events[event](data) });
  }

  // What is written

  let typingTimer = 0;

  function typingStopped() {
    clearTimeout(typingTimer);
    if (typingTimer && inside) line.emit("typing", false);
    typingTimer = 0;
  }

  function typed() {
    if (!inside) return;
    if (!$("text").value) return typingStopped();
    if (!typingTimer) line.emit("typing", true);
    clearTimeout(typingTimer);
    typingTimer = setTimeout(typingStopped, 3000);
  }

  function say(event) {
    event.preventDefault();
    const text = $("text").value.trim();
    if (!text || !inside) return;
    typingStopped();
    line.emit("say", text);
    $("text").value = "";
  }

  async function show(file) {
    if (!inside || !file) return;
    if (!pictures.accepts(file)) return log.notice("Only PNG, JPEG, GIF and WebP pictures can be sent");
    try {
      const picture = await pictures.pack(file);
      if (!inside) throw new Error("the connection was lost");
      line.emit("picture", picture, (trouble) => { if (trouble) log.notice(trouble); });
    } catch (err) {
      log.notice("The picture was not sent: " + err.message);
    }
  }

  // The name lives as long as the tab: two tabs are two people.

  function remember(value) {
    try { sessionStorage.setItem("name", value); } catch { /* storage is off: ask again next time */ }
  }
  function remembered() {
    try { return sessionStorage.getItem("name"); } catch { return null; }
  }

  $("enter").addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = $("name").value.trim();
    if (wanted) enter(wanted);
  });
  $("write").addEventListener("submit", say);
  $("text").addEventListener("input", typed);
  $("text").addEventListener("paste", (event) => {
    const file = Array.from(event.clipboardData.files).find(pictures.accepts);
    if (!file) return;
    event.preventDefault();
    show(file);
  });
  $("attach").addEventListener("click", () => $("file").click());
  $("file").addEventListener("change", () => {
    show($("file").files[0]);
    $("file").value = "";
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  document.addEventListener("dragleave", () => document.body.classList.remove("dropping"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dropping");
    show(event.dataTransfer.files[0]);
  });

  if (typeof io === "undefined") {
    banner("The Socket.IO client could not be loaded. Without a way to the CDN, run “npm ci” in examples once.", true);
    return;
  }
  const known = query.get("name") || remembered();
  if (known) return enter(known);
  openDoor(true);
})();
