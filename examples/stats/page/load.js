"use strict";

// Clients of the page's own, each with a connection, that talk to each other.
// eslint-disable-next-line no-unused-vars
const load = (() => {
  const sockets = [];
  const options = { forceNew: true, "force new connection": true, reconnection: false, reconnect: false };
  return {
    count: () => sockets.length,
    add(n) {
      for (let i = 0; i < n; i++) {
        const socket = io.connect(location.origin, options);
        let at = 0;
        const timer = setInterval(() => socket.emit("say", at++), 700 + 600 * Math.random());
        socket.on("disconnect", () => clearInterval(timer));
        sockets.push(socket);
      }
    },
    drop() {
      for (const socket of sockets.splice(0)) socket.disconnect();
    },
  };
})();
