// The reference: socket.io as it comes. What it speaks with the tool is told in
// bench/internal/peer/peer.go.
const fs = require("fs");
const secure = process.env.BENCH_CERT;
const http = secure
  ? require("https").createServer({ cert: fs.readFileSync(process.env.BENCH_CERT), key: fs.readFileSync(process.env.BENCH_KEY) })
  : require("http").createServer();
const io = new (require("socket.io").Server)(http, { allowEIO3: true, perMessageDeflate: !!process.env.BENCH_DEFLATE });

io.on("connection", (socket) => {
  let room;
  socket.on("echo", (x, answer) => answer(x));
  socket.on("echoBinary", (x, answer) => answer(x));
  socket.on("join", (name, answer) => {
    socket.join((room = name));
    answer();
  });
  socket.on("talk", (x) => io.to(room).emit("talk", x));
  socket.on("all", (x) => io.emit("all", x));
  // Presence: comings and goings are told to the room.
  socket.on("enter", (x, answer) => {
    socket.join("inner" + room);
    io.to(room).emit("entered", x);
    answer();
  });
  socket.on("exit", (x, answer) => {
    socket.leave("inner" + room);
    io.to(room).emit("exited", x);
    answer();
  });
});

http.listen(0, "127.0.0.1", 65535, () => console.log(`listening 127.0.0.1:${http.address().port}`));
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  if (line !== "stat") global.gc();
  console.log(process.memoryUsage().heapUsed, -1);
}).on("close", () => process.exit(0));
