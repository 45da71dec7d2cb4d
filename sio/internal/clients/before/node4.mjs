#!/usr/bin/env node
// The program of sio/MIGRATING.md that a server of Node is, before it moves.
import { createServer } from "node:http";
import { Server } from "socket.io";

const people = { t1: "ann", t2: "bob" };
const findUser = async (token) => people[token];

const server = createServer((req, res) => res.end("the page"));
const io = new Server(server, { maxHttpBufferSize: 1e5 });

io.use(async (socket, next) => {
  const name = await findUser(socket.handshake.auth.token);
  if (name) {
    socket.data.name = name;
    return next();
  }
  const err = new Error("not authorized");
  err.data = { code: 401 };
  next(err);
});

io.on("connection", (socket) => {
  const { name } = socket.data;

  socket.on("join", (room, callback) => {
    socket.join(room);
    socket.to(room).emit("joined", name);
    callback("ok");
  });
  socket.on("say", (room, text) => io.to(room).emit("said", name, text));
  socket.on("typing", (room) => socket.to(room).volatile.emit("typing", name));
  socket.on("picture", (bytes, callback) => callback(bytes.length));
  socket.on("who", async (room, callback) => {
    const sockets = await io.in(room).fetchSockets();
    callback(sockets.map((s) => s.data.name).sort());
  });
  socket.on("vote", (room, callback) => {
    socket.to(room).timeout(5000).emit("vote?", (err, votes) => callback(votes));
  });
  socket.on("disconnecting", () => {
    for (const room of socket.rooms) socket.to(room).emit("left", name);
  });
});

io.of(/^\/team-\d+$/).on("connection", (socket) => {
  socket.emit("welcome", socket.nsp.name);
});

const [host, port] = (process.argv[3] ?? "127.0.0.1:3000").split(":");
server.listen(port, host, () => console.log(`http://${host}:${server.address().port}`));
process.on("SIGTERM", () => io.close(() => process.exit(0)));
