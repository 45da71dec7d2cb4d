// Has a server do what the servers of behave_test.go and behave-server.mjs can,
// and tells what its clients have seen: a line for each thing. Both servers have
// to make it tell the same.
import { io } from "socket.io-client";
import { finish } from "./steps.mjs";

const [url, ...chosen] = process.argv.slice(2);
const tell = (...what) => console.log(JSON.stringify(what));
const once = (s, event) => new Promise((resolve) => s.once(event, (...args) => resolve(args)));
const ask = (s, event, ...args) => new Promise((resolve) => s.emit(event, ...args, (...a) => resolve(a)));
// Each server makes the offsets of recovery as it likes.
const offset = (args) => (typeof args.at(-1) === "string" ? [...args.slice(0, -1), "OFFSET"] : args);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const open = [];
function start(name, path = "/", o = {}) {
  const s = io(url + path, { forceNew: true, reconnection: false, transports: ["websocket"], auth: { name }, ...o });
  open.push(s);
  return s;
}
async function connect(name, path, o) {
  const s = start(name, path, o);
  const [why] = await Promise.race([once(s, "connect").then(() => [""]), once(s, "connect_error")]);
  if (why) tell(name, "refused", why.message, why.data ?? null);
  s.name = name;
  return s;
}
// heard tells who of the clients got the event, when all has been answered.
async function heard(label, clients, event, act) {
  const got = [];
  const ears = clients.map((s) => [s, (...args) => got.push([s.name, ...offset(args)])]);
  for (const [s, f] of ears) s.on(event, f);
  await act();
  for (const s of clients) if (s.connected) await ask(s, "echo");
  for (const [s, f] of ears) s.off(event, f);
  tell(label, got.sort());
}
async function log(s) { tell("log", ...(await ask(s, "log"))[0]); }
function closeAll() { for (const s of open.splice(0)) s.disconnect(); }

const scenes = {
  async rooms() {
    const [a, b, c] = [await connect("a"), await connect("b"), await connect("c")];
    tell(await ask(a, "join", ["x", "y"]), await ask(b, "join", ["y", "z"]), await ask(c, "join", ["z", "x", "x"]));
    for (const o of [
      { to: ["x"] }, { to: ["x", "y"] }, { to: ["x", "y", "z"], except: ["z"] }, { to: ["y"], except: ["x", "z"] }, { except: ["x"] },
      { to: ["x"], self: true }, { self: true }, { to: ["x", "z"], except: ["y"], self: true }, { to: [a.id], self: true }, { to: [a.id, b.id, "x"] },
      { to: ["none"] }, { except: [a.id, "none"] }, { to: ["x"], except: ["x"] }, { to: [a.id], except: ["x"] },
    ]) await heard("to", [a, b, c], "hi", () => ask(a, "to", { ...o, event: "hi", args: [1, { a: [null] }] }));
    await heard("volatile", [a, b, c], "hi", () => ask(a, "to", { volatile: true, event: "hi" }));
    tell(await ask(a, "leave", "x"), await ask(a, "leave", "x"));
    await heard("moved", [a, b, c], "before", () => heard("lost", [a, b, c], "lost", () => heard("after", [a, b, c], "after", () => ask(b, "move", { to: ["z"] }))));
    tell(await ask(a, "fetch", {}), await ask(a, "fetch", { to: ["moved", "y"] }), await ask(a, "fetch", { to: ["moved"], except: ["y"] }));
    await log(a);
  },
  async acks() {
    const [a, b, c] = [await connect("a"), await connect("b"), await connect("c")];
    tell(await ask(a, "echo"), await ask(a, "echo", 1, "é\u2028😀", { x: [] }, null), await ask(a, "twice"));
    a.on("q", (done) => done("a")); b.on("q", (n, done) => (done ?? n)("b")); c.on("q", (done) => setTimeout(() => done("late"), 6000));
    tell("some", await ask(a, "askall", { timeout: 5000, event: "q" }));
    tell("all", await ask(a, "askall", { timeout: 20000, event: "q", except: [c.id] }));
    tell("others", await ask(a, "askall", { timeout: 20000, event: "q", self: true, except: [c.id] }));
    tell("nobody", await ask(a, "askall", { timeout: 20000, event: "q", to: ["none"] }));
    await pause(1200); // c answers
    a.once("question", (done) => setTimeout(() => done("too late"), 400));
    await ask(a, "askme", 40);
    await pause(500);
    a.once("question", (done) => done("in time"));
    await ask(a, "askme", 20000);
    const gone = ask(b, "askall", { timeout: 300, event: "never", to: [c.id] });
    c.once("never", () => c.disconnect());
    tell("gone", await gone);
    await log(a);
  },
  async binary() {
    const a = await connect("a");
    const back = await ask(a, "echo", Buffer.from([1, 2]), { deep: [Buffer.from("x"), Buffer.alloc(0)] }, "t");
    tell(back.map((x) => JSON.stringify(x)));
    await heard("binary", [a], "bin", async () => a.emit("to", { event: "bin", args: [Buffer.from([255])] }));
  },
  async any() {
    const a = await connect("a");
    await ask(a, "anys");
    await ask(a, "probe1");
    tell(await ask(a, "probe2"));
    a.emit("barred", 1);
    await log(a);
  },
  async reserved() {
    const a = await connect("a");
    tell(await ask(a, "reserved", ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener", "error", "message", "connection"]));
    tell(await ask(a, "serverside", ["connect", "connection", "new_namespace", "hello"]));
    for (const name of ["disconnecting", "connect", "newListener", "error"]) {
      const b = await connect("b");
      b.io.engine.write(`2["${name}",1]`); // as a message
      const left = Promise.race([once(b, "disconnect"), ask(b, "echo", "alive")]);
      tell(name, await left);
      b.disconnect();
    }
  },
  async namespaces() {
    const m = await connect("a");
    for (const name of ["data", "plain", "ok"]) await connect(name, "/auth");
    await connect("x", "/nowhere");
    const one = await connect("one", "/dyn-1");
    await connect("no", "/dyn-2");
    await connect("no", "/dyn-1");
    const two = await connect("two", "/dyn-3");
    tell(await ask(m, "children"));
    await ask(one, "join", ["r"]);
    await heard("in one", [one, two], "hi", () => ask(one, "to", { event: "hi" }));
    const gone = once(one, "disconnect");
    one.emit("kick", false);
    tell(await gone);
    await ask(m, "echo");
    tell(await ask(m, "children"));
    two.disconnect();
    for (let i = 0; i < 2000 && (await ask(m, "children"))[0].length; i++) await pause(10);
    tell(await ask(m, "children"));
    await log(m);
  },
  async disconnect() {
    const watch = await connect("watch");
    for (const [close, by] of [[false, "a"], [true, "a"], [false, "o"], [true, "o"]]) {
      const a = await connect("a");
      const o = a.io.socket("/other", {});
      o.name = "o";
      await once(o, "connect");
      await ask(a, "join", ["r"]);
      const seen = [];
      const ends = Promise.all([a, o].map((s) => (close || s.name === by ? once(s, "disconnect").then(([why]) => seen.push([s.name, why])) : null)));
      const ended = close ? once(a.io, "close") : null;
      (by === "a" ? a : o).emit("kick", close);
      await ends; await ended;
      tell(close, by, seen.sort(), a.connected, o.connected, a.io.engine?.readyState);
      a.disconnect(); o.disconnect();
    }
    for (const close of [false, true]) {
      const [a, b] = [await connect("a"), await connect("b")];
      await ask(a, "join", ["k"]); await ask(b, "join", ["k"]);
      const ends = Promise.all([a, b].map((s) => once(s, "disconnect")));
      watch.emit("kickroom", { to: ["k"], except: [] }, close);
      tell(await ends);
    }
    const a = await connect("a");
    a.disconnect();
    const b = await connect("b");
    b.io.engine.close();
    const c = await connect("c");
    c.io.engine.transport.ws.terminate();
    const d = await connect("d");
    d.io.engine.write("2{"); // can't be read
    await once(d, "disconnect");
    let all = [];
    for (let i = 0; i < 2000 && all.filter((x) => x[0] === "disconnect").length < 16; i++, await pause(10)) all = all.concat((await ask(watch, "log"))[0]);
    for (const what of all.map((x) => JSON.stringify(x)).sort()) tell(what);
  },
  async recovery() {
    const watch = await connect("watch");
    const come = async (how, o) => {
      const a = await connect("rec", "/", { reconnection: true, reconnectionDelay: 1500, randomizationFactor: 0 });
      await ask(a, "join", ["r"]);
      await heard("first", [a], "ev", () => ask(watch, "to", { to: ["r"], event: "ev", args: ["first"] }));
      const id = a.id, got = [];
      a.on("ev", (...args) => got.push(offset(args).map((x) => (Buffer.isBuffer(x) ? "bytes" : x))));
      const back = once(a, "connect");
      o.before?.(a);
      if (how === "kick") { watch.emit("kickroom", { to: [a.id] }, false); await once(a, "disconnect"); a.connect(); } else a.io.engine.close();
      await ask(watch, "echo");
      for (let i = 0; i < 2000 && (await ask(watch, "fetch", { to: [id] }))[0].length; i++) await pause(10); // the server has noticed
      for (const args of [[1], [Buffer.from("b")], ["three", {}]]) await ask(watch, "to", { to: ["r"], event: "ev", args });
      await ask(watch, "to", { to: ["r"], event: "ev", volatile: true, args: ["volatile"] });
      await ask(watch, "to", { to: ["r"], except: ["r"], event: "ev", args: ["not for it"] });
      await ask(watch, "to", { to: [id], event: "ev", args: ["by id"] });
      await back;
      await heard(how, [a], "ev", () => ask(watch, "to", { to: ["r"], event: "ev", args: ["last"] }));
      tell(how, a.recovered, a.id === id, got);
      a.disconnect();
      await ask(watch, "echo");
    };
    await come("recovered", {});
    await come("wrong pid", { before: (a) => { a._pid = "x".repeat(20); } });
    await come("wrong offset", { before: (a) => { a._lastOffset = "none"; } });
    await come("kick", {});
  },
};
for (const [name, f] of Object.entries(scenes)) {
  if (chosen.length && !chosen.includes(name)) continue;
  tell("--", name);
  await f();
  closeAll();
  const sweep = await connect("sweep"); // until all have gone
  for (let i = 0; i < 2000 && (await ask(sweep, "fetch", {}))[0].length > 1; i++) await pause(10);
  await ask(sweep, "log");
  sweep.disconnect();
}
finish();
