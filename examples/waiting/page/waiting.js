"use strict";

(() => {
  const $ = (id) => document.getElementById(id);
  if (typeof io === "undefined") {
    $("banner").textContent = "The Socket.IO client could not be loaded. Without a way to the CDN, run “npm ci” in examples once.";
    $("banner").classList.add("bad");
    return;
  }
  const dishes = [["Soup", 400], ["Noodles", 700], ["Dumplings", 300], ["Tea", 200]];
  const socket = io.connect(location.origin);
  const bell = io.connect(location.origin + "/bell");

  const enable = (yes) => ["ordered", "concurrent"].forEach((id) => { $(id).disabled = !yes; });
  socket.on("connect", () => { $("banner").hidden = true; enable(true); });
  bell.on("connect", () => { $("bell").disabled = false; });
  socket.on("disconnect", () => {
    enable(false);
    $("banner").textContent = "Connection lost. Trying again…";
    $("banner").hidden = false;
  });

  $("ordered").addEventListener("click", () => order("ordered"));
  $("concurrent").addEventListener("click", () => order("concurrent"));
  $("bell").addEventListener("click", () => {
    const began = performance.now();
    bell.emit("ring", 1, (answer) => { $("rung").textContent = `${answer}, after ${(performance.now() - began).toFixed(1)} ms`; });
  });

  function order(how) {
    enable(false);
    $("how").textContent = how + ", cooking…";
    $("took").textContent = "";
    const rows = dishes.map(([name]) => row(name));
    $("dishes").replaceChildren(...rows);
    const served = [];
    dishes.forEach(([name, ms], i) => socket.emit(how, { name, ms }, (dish) => {
      served[i] = dish;
      rows[i].classList.remove("pending");
      rows[i].querySelector(".ms").textContent = `${dish.to - dish.from} ms`;
      if (served.filter(Boolean).length === dishes.length) draw(how, rows, served);
    }));
  }

  function row(name) {
    const li = document.createElement("li");
    li.className = "pending";
    const label = document.createElement("span");
    label.textContent = name;
    const track = document.createElement("span");
    track.className = "track";
    const ms = document.createElement("span");
    ms.className = "ms";
    li.append(label, track, ms);
    return li;
  }

  function draw(how, rows, served) {
    const from = Math.min(...served.map((d) => d.from));
    const all = Math.max(...served.map((d) => d.to)) - from;
    served.forEach((d, i) => {
      const bar = document.createElement("i");
      bar.style.left = `${((d.from - from) / all) * 100}%`;
      bar.style.width = `${((d.to - d.from) / all) * 100}%`;
      rows[i].querySelector(".track").append(bar);
    });
    $("how").textContent = how;
    $("took").textContent = `All four after ${all} ms.`;
    enable(true);
  }
})();
