"use strict";

(() => {
  const $ = (id) => document.getElementById(id);
  if (typeof io === "undefined") {
    $("banner").textContent = "The Socket.IO client could not be loaded. Without a way to the CDN, run “npm ci” in examples once.";
    $("banner").classList.add("bad");
    return;
  }
  const plots = {
    sessions: plot($("plot-sessions"), 1),
    packets: plot($("plot-packets"), 2),
    connections: plot($("plot-connections"), 1),
  };
  const socket = io.connect(location.origin + "/stats");
  socket.on("connect", () => { $("banner").hidden = true; });
  socket.on("disconnect", () => {
    $("banner").textContent = "Connection lost. Trying again…";
    $("banner").hidden = false;
  });
  socket.on("stats", show);

  function show(stats) {
    for (const name of ["active_sessions", "max_sessions", "packets_recv_ps", "packets_sent_ps", "connections_ps"]) {
      $(name).textContent = round(stats[name]);
    }
    plots.sessions(stats.active_sessions);
    plots.packets(stats.packets_recv_ps, stats.packets_sent_ps);
    plots.connections(stats.connections_ps);
    showTransports(stats.generations_transports);
    showAll(stats);
  }

  const round = (n) => (Number.isInteger(n) ? n : n.toFixed(1));

  function showTransports(matrix) {
    const rows = [];
    for (const [generation, transports] of Object.entries(matrix)) {
      for (const [name, n] of Object.entries(transports)) rows.push([`${name}, ${generation}`, n]);
    }
    const most = Math.max(1, ...rows.map((r) => r[1]));
    $("transports").replaceChildren(...rows.sort().flatMap(([name, n]) => {
      const bar = element("dd", "");
      bar.style.width = `${(n / most) * 100}%`;
      return [element("dt", name), bar, element("dd", n)];
    }));
  }

  function showAll(stats) {
    $("all").replaceChildren(...Object.entries(stats).filter(([, v]) => typeof v === "number").map(([name, v]) => {
      const row = element("div", "");
      row.append(element("dt", name), element("dd", round(v)));
      return row;
    }));
  }

  function element(tag, text) {
    const e = document.createElement(tag);
    e.textContent = text;
    return e;
  }

  const counted = () => { $("load").textContent = load.count(); };
  $("more").addEventListener("click", () => { load.add(20); counted(); });
  $("none").addEventListener("click", () => { load.drop(); counted(); });
})();
