// Uses a server as the client of an application would that moves from one
// server to another, and tells what it has seen. The same is told of the
// program before and after; see TestMigrating.
import { createRequire } from "node:module";
import { finish } from "./steps.mjs";

const [url, app] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const client = require(app === "googollee" ? "socket.io-client-2.5.0" : "socket.io-client");
const io = client.io ?? client;
const all = [];

const tell = (...what) => console.log(JSON.stringify(what));
const once = (socket, event) => new Promise((resolve) => socket.once(event, (...args) => resolve(args)));
const ask = (socket, event, ...args) => new Promise((resolve) => socket.emit(event, ...args, (...a) => resolve(a)));

function connect(path, options) {
  const socket = io(url + path, { forceNew: true, reconnection: false, ...options });
  all.push(socket);
  return socket;
}

async function heard(socket, event, act) {
  const came = once(socket, event);
  await act();
  tell(event, ...(await came));
}

const apps = {
  async node4() {
    const err = (await once(connect("/", { auth: { token: "no" } }), "connect_error"))[0];
    tell("refused", err.message, err.data);
    const ann = connect("/", { auth: { token: "t1" } });
    await once(ann, "connect");
    const bob = connect("/", { auth: { token: "t2" } });
    await once(bob, "connect");
    tell("join", ...(await ask(ann, "join", "tea")));
    await heard(ann, "joined", async () => tell("join", ...(await ask(bob, "join", "tea"))));
    const both = [once(ann, "said"), once(bob, "said")];
    bob.emit("say", "tea", "hello \u2028 😀");
    tell("said", ...(await Promise.all(both)));
    await heard(bob, "typing", () => ann.emit("typing", "tea"));
    tell("picture", ...(await ask(ann, "picture", Buffer.from([1, 2, 3]))));
    tell("who", ...(await ask(ann, "who", "tea")));
    bob.on("vote?", (callback) => callback("milk"));
    tell("vote", ...(await ask(ann, "vote", "tea")));
    tell("welcome", ...(await once(connect("/team-7"), "welcome")));
    tell("no team", (await once(connect("/team-x"), "connect_error"))[0].message);
    await heard(ann, "left", () => bob.disconnect());
    const why = once(ann, "disconnect");
    ann.emit("picture", Buffer.alloc(200_000));
    tell("too large", (await why)[0]);
  },

  async googollee() {
    const ann = connect("/?name=ann");
    await once(ann, "connect");
    const bob = connect("/?name=bob");
    await once(bob, "connect");
    await heard(ann, "joined", async () => tell("join", ...(await ask(ann, "join", "tea"))));
    await heard(ann, "joined", async () => tell("join", ...(await ask(bob, "join", "tea"))));
    const both = [once(ann, "said"), once(bob, "said")];
    bob.emit("say", { room: "tea", text: "hello 😀" });
    tell("said", ...(await Promise.all(both)));
    const [names] = await ask(ann, "who", "tea");
    tell("who", names.sort());
    const chat = connect("/chat");
    await heard(chat, "reply", async () => tell("msg", ...(await ask(chat, "msg", "x"))));
    const left = once(ann, "left");
    const bye = once(bob, "bye");
    const gone = once(bob, "disconnect");
    bob.emit("bye");
    tell("bye", ...(await bye));
    await gone;
    tell("left", ...(await left));
  },

  async zishang() {
    const err = (await once(connect("/"), "connect_error"))[0];
    tell("refused", err.message, err.data);
    const ann = connect("/", { auth: { name: "ann" } });
    await once(ann, "connect");
    const bob = connect("/", { auth: { name: "bob" } });
    await once(bob, "connect");
    tell("join", ...(await ask(ann, "join", "tea")));
    await heard(ann, "joined", async () => tell("join", ...(await ask(bob, "join", "tea"))));
    const both = [once(ann, "said"), once(bob, "said")];
    bob.emit("say", "tea", "hello 😀");
    tell("said", ...(await Promise.all(both)));
    await heard(ann, "left", () => bob.disconnect());
  },
};

await apps[app]();
for (const socket of all) socket.disconnect();
finish();
