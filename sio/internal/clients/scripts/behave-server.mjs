#!/usr/bin/env node
// The reference server, for the test that compares what clients see: handlers
// by which a client has the server do things. It prints its address.
//
//   node behave-server.mjs -addr HOST:PORT
import { createServer } from "node:http";
import { Server } from "socket.io";

const [host, port] = process.argv[3].split(":");
const http = createServer();
const io = new Server(http, {
  cleanupEmptyChildNamespaces: true,
  connectionStateRecovery: { maxDisconnectionDuration: 60000, skipMiddlewares: false },
});

const log = [];
const note = (...what) => log.push(what);
const target = (base, o) => {
  let t = base;
  if (o.self) t = t.broadcast;
  if (o.to?.length) t = t.to(o.to);
  if (o.except?.length) t = t.except(o.except);
  if (o.volatile) t = t.volatile;
  if (o.timeout) t = t.timeout(o.timeout);
  return t;
};

function common(nsp) {
  nsp.on("connection", (s) => {
    s.data = { name: s.handshake.auth.name ?? "" };
    note("connection", nsp.name.replace(/\d+/, "N"), s.recovered, s.data.name);
    s.on("join", (rooms, done) => { s.join(rooms); done(s.rooms.size - 1); });
    s.on("leave", (room, done) => { s.leave(room); done([...s.rooms].filter((r) => r !== s.id).sort()); });
    s.on("to", (o, done) => { target(o.self ? s : s.nsp, o).emit(o.event, ...(o.args ?? [])); done?.(); });
    s.on("askall", (o, done) => target(o.self ? s : s.nsp, o).emit(o.event, ...(o.args ?? []), (err, all) => done(err ? err.message : null, all.sort())));
    s.on("askme", (ms, done) => s.timeout(ms).emit("question", (err, value) => { note("asked", err ? err.message : null, value ?? null); done?.(); }));
    s.on("fetch", async (o, done) => done((await target(s.nsp, o).fetchSockets()).map((x) => [x.data.name, [...x.rooms].length]).sort()));
    s.on("move", async (o, done) => { const t = target(s.nsp, o); t.emit("before"); t.socketsJoin("moved"); t.socketsLeave(o.to[0]); s.nsp.to(o.to[0]).emit("lost"); s.nsp.to("moved").emit("after"); done(); });
    s.on("kick", (close) => s.disconnect(close));
    s.on("kickroom", (o, close) => target(s.nsp, o).disconnectSockets(close));
    s.on("echo", (...args) => { const done = args.pop(); done(...args); });
    s.on("twice", (done) => { done(1); done(2); });
    s.on("log", (done) => done(log.splice(0)));
    s.on("reserved", (names, done) => done(names.map((name) => { try { s.emit(name); return false; } catch { return true; } })));
    s.on("serverside", (names, done) => done(names.map((name) => { try { s.nsp.serverSideEmit(name); return false; } catch { return true; } })));
    s.on("anys", (done) => {
      const order = [];
      const a = () => order.push("a"), b = () => order.push("b");
      s.onAny(a); s.prependAny(b); s.onAny((e) => { order.push(e); });
      s.once("probe1", (ack) => { order.push("handler"); s.offAny(a); ack(); });
      s.once("probe2", (ack) => { order.push("handler"); s.offAny(); ack(order); });
      done();
    });
    s.use(([event], next) => { if (event === "barred") { const err = new Error("barred"); next(err); } else next(); });
    s.on("error", (err) => note("error", err.message));
    s.on("barred", () => note("must not be"));
    s.on("disconnecting", (why) => note("disconnecting", why, s.rooms.size));
    s.on("disconnect", (why) => note("disconnect", why, s.rooms.size));
  });
}
common(io.of("/"));
common(io.of("/other"));
io.of("/auth").use((s, next) => {
  const { name } = s.handshake.auth;
  if (name === "data") return next(Object.assign(new Error("with data"), { data: { code: 7, why: ["x"] } }));
  if (name === "plain") return next(new Error("plain"));
  setTimeout(() => { note("middleware", name); next(); }, 20);
});
common(io.of("/auth"));
const dynamic = io.of(/^\/dyn-\d+$/);
dynamic.use((s, next) => (s.handshake.auth.name === "no" ? next(new Error("not here")) : next()));
common(dynamic);
io.of("/").on("connection", (s) => s.on("children", (done) => done([...io._nsps.keys()].filter((n) => n.startsWith("/dyn-")).sort())));
http.listen(Number(port), host, () => console.log(`http://127.0.0.1:${http.address().port}`));
process.on("SIGTERM", () => process.exit(0));
