// socket.io 0.9.19 as it comes. What it speaks with the tool is told in
// bench/internal/peer/peer.go.
const http = require("http").createServer();
const io = require("socket.io").listen(http, { "log level": 0, transports: ["websocket", "htmlfile", "xhr-polling", "jsonp-polling"] });

io.sockets.on("connection", (socket) => {
  let room;
  socket.on("echo", (x, answer) => answer(x));
  socket.on("join", (name, answer) => {
    socket.join((room = name));
    answer();
  });
  socket.on("talk", (x) => io.sockets.in(room).emit("talk", x));
  socket.on("all", (x) => io.sockets.emit("all", x));
  // Presence: comings and goings are told to the room.
  socket.on("enter", (x, answer) => {
    socket.join("inner" + room);
    io.sockets.in(room).emit("entered", x);
    answer();
  });
  socket.on("exit", (x, answer) => {
    socket.leave("inner" + room);
    io.sockets.in(room).emit("exited", x);
    answer();
  });
});

http.listen(0, "127.0.0.1", 65535, () => console.log(`listening 127.0.0.1:${http.address().port}`));
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  if (line !== "stat") global.gc();
  console.log(process.memoryUsage().heapUsed, -1);
}).on("close", () => process.exit(0));
