// What every client of 0.7 to 0.9 has to get right, over each transport. It
// runs in Node and in pages, so it needs nothing but the language:
//
//   env.io          the client under test
//   env.url         the server, http://host:port
//   env.version     "0.7", "0.8" or "0.9"
//   env.transport   the only transport that it may use
//   env.name        a word that nobody else in this run has
//   env.page        the origin of the page; "" in Node
//   env.passed      is told the name of each step that has passed
//   env.leftOut     and of each that this client can't do
//   env.restart     ends the server ("restart" in good order, "crash" at once)
//                   and starts it again; resolves when it has been asked

const patience = 120000; // ms until a wait is a failure

export async function run(env, part = "all") {
  for (const [name, f] of part === "cross" ? crossSteps : allSteps) {
    const why = leftOut(env, part, f);
    if (why) {
      await env.leftOut(`${name}: ${why}`);
      continue;
    }
    try {
      await f(env);
    } catch (err) {
      throw new Error(`${name}: ${err.stack.includes(err.message) ? err.stack : err.message}`);
    }
    await env.passed(name);
  }
}

// What a client can't do by itself is said, not passed over.
function leftOut(env, part, f) {
  if (f === crash && env.neverNotices) return "this client doesn't notice the end";
  if (part === "cross" && env.transport === "htmlfile") return "no client uses htmlfile there";
}

// A promise by its executor that fails, saying for what it waited.
function within(what, executor) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`waited ${patience} ms in vain for ${what}`)), patience);
    executor((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

// JSON with the keys in order.
const json = (v) => JSON.stringify(v, (_, x) => (x && typeof x === "object" && !Array.isArray(x) ? Object.fromEntries(Object.entries(x).sort()) : x));

function same(got, want) {
  const g = json(got);
  const w = json(want);
  if (g === w) return;
  let at = 0;
  while (g && g[at] === w[at]) at++;
  throw new Error(`got ${g && g.length} characters that differ from ${w.length} at ${at}: ${g && g.slice(Math.max(0, at - 20), at + 200)}, want ${w.slice(Math.max(0, at - 20), at + 200)}`);
}

// Everything that reaches a namespace, kept until it is asked for.
function face(nsp, who) {
  const items = [];
  const waiters = [];
  const emit = nsp.$emit;
  nsp.$emit = function (event, ...args) {
    const at = waiters.findIndex((w) => w.event === event);
    if (at >= 0) waiters.splice(at, 1)[0].resolve(args);
    else items.push({ event, args });
    // An "error" nobody listens to would be thrown by some.
    return event === "error" ? true : emit.apply(this, arguments);
  };
  return {
    nsp,
    next(event) {
      const at = items.findIndex((i) => i.event === event);
      if (at >= 0) return Promise.resolve(items.splice(at, 1)[0].args);
      return within(`${who}: "${event}"`, (resolve) => waiters.push({ event, resolve }));
    },
    count: (event) => items.filter((i) => i.event === event).length,
    ask(event, ...args) {
      return within(`${who}: the acknowledgement of "${event}"`, (resolve) => nsp.emit(event, ...args, (...answer) => resolve(answer)));
    },
    send: (data) => within(`${who}: the acknowledgement of a message`, (resolve) => nsp.send(data, (...answer) => resolve(answer))),
    sendJSON: (data) => within(`${who}: the acknowledgement of JSON`, (resolve) => nsp.json.send(data, (...answer) => resolve(answer))),
  };
}

// A connection of its own. The clients merge a list of transports item by item
// into their own one and keep it, so each gets a fresh one. 0.7 and 0.8 begin
// another attempt to reconnect while a handshake is under way, and then open one
// transport twice: their attempts lie further apart than an answer may take on a
// loaded machine.
function connect(env, query = "", options = {}) {
  env.io.transports = [env.transport];
  const base = env.io.connect(env.url + query, {
    "force new connection": true,
    "reconnection delay": env.version === "0.9" ? 1000 : 8000,
    "max reconnection attempts": Infinity,
    "connect timeout": patience, // there is no other transport to try
    ...options,
  });
  base.socket.on("error", () => {});
  return {
    ...face(base, `${env.version} over ${env.transport}`),
    socket: base.socket,
    of: (name) => face(base.socket.of(name), `${env.version} ${name} over ${env.transport}`),
    // Until no POST is on its way: one who leaves meanwhile never says so.
    idle: () =>
      within("the end of a POST", (resolve) => {
        const look = () => (base.socket.doBuffer ? setTimeout(look, 5) : resolve());
        look();
      }),
    close: () => base.disconnect(),
  };
}

// Clients 0.7 lose a plain text with one of these, as their parser's "." does
// not match them; in JSON they are escaped.
const lines = ["lines\r\n", "\u2028", "\u2029 and \u2028 within"];
const words = ["plain", "é", "a\\nb", "\u0080\u00ff", "ünïcödé 日本語", "🌪👩‍👩‍👧 astral", "+1+2", "5:::{}", "\ufffd3\ufffd3::", ']"\\', "</script><script>", "0"];
const texts = (env) => (env.version === "0.7" ? words : words.concat(lines));

// A text of 100 kB. Few of its characters need another font: the form that
// carries JSONP of 0.7 and 0.8 is laid out, which takes Chromium seconds if most
// of them do.
const hundred = (word) => ("0123456789".repeat(99) + word).repeat(100);

const allSteps = [
  ["connects, and the server knows by what", async (env) => {
    env.me = connect(env, "?q=a%2Bb");
    await env.me.next("connect");
    const [generation, transport, from] = await env.me.ask("state");
    same([generation, transport], ["0.x", env.transport]);
    same(env.me.socket.transport.name, env.transport);
    same(from.query, env.version === "0.9" ? "a+b" : "a b"); // older ones pass on what they have decoded
    same(from.secure, String(env.url.startsWith("https:")));
    if (env.page) same(from.cookie, env.name);
  }],
  ["text messages", async (env) => {
    same(await env.me.send("alone"), []); // a message is acknowledged by itself, with nothing
    same(await env.me.next("message"), ["alone"]);
    const acks = texts(env).map((text) => env.me.send(text)); // several in a body
    for (const text of texts(env)) same(await env.me.next("message"), [text]);
    same(await Promise.all(acks), acks.map(() => []));
    env.me.nsp.send("");
    same((await env.me.next("message"))[0] || "", "");
  }],
  ["JSON messages", async (env) => {
    const values = [{ a: [1, { b: null }], "": "🌪\u2028" }, [1, 2.5, "x"], 7, true];
    const acks = values.map((v) => env.me.sendJSON(v));
    for (const v of values) same(await env.me.next("message"), [v]);
    same(await Promise.all(acks), acks.map(() => []));
  }],
  ["events with arguments of every kind, unicode and line separators", async (env) => {
    const sets = [[], [0, -1, 1.5, 9007199254740991], [true, false, null], [{ a: { b: [1, { c: "🌪" }] } }, [], {}], [[[[]]], "two"], ...words.concat(lines).map((w) => [w])];
    for (const args of sets) env.me.nsp.emit("echo", ...args);
    for (const args of sets) same(await env.me.next("echoed"), args);
  }],
  ["acknowledgements to the client", async (env) => {
    const all = words.concat(lines);
    same(await Promise.all(all.map((w) => env.me.ask("echo", w, [w]))), all.map((w) => [w, [w]]));
    for (const w of all) same(await env.me.next("echoed"), [w, [w]]);
  }],
  ["acknowledgements to the server", async (env) => {
    env.me.nsp.on("question", (...args) => args.pop()(...args, "answered"));
    same(await env.me.ask("ask", { deep: ["🌪", "+", 1] }), [{ deep: ["🌪", "+", 1] }, "answered"]);
    const many = await Promise.all(Array.from({ length: 30 }, (_, i) => env.me.ask("ask", i)));
    same(many, Array.from({ length: 30 }, (_, i) => [i, "answered"]));
  }],
  ["bursts in order, both ways", async (env) => {
    const n = 500;
    for (let i = 0; i < n; i++) env.me.nsp.emit("count", i);
    env.me.nsp.emit("burst", n);
    same(await env.me.ask("counted"), [n, true]);
    for (let i = 0; i < n; i++) same(await env.me.next("item"), [i, `№ ${i} 🌪`]);
  }],
  ["messages of 100 kB, both ways", async (env) => {
    for (const word of ["0123456789", "日本🌪 é"]) {
      const text = hundred(word);
      same(await env.me.ask("echo", text), [text]);
      same(await env.me.next("echoed"), [text]);
      env.me.nsp.send(text);
      same(await env.me.next("message"), [text]);
    }
    same(await env.me.ask("echo", "after"), ["after"]);
    await env.me.next("echoed");
  }],
  ["endpoints, with state of their own", async (env) => {
    const plain = env.me.of("/plain");
    await plain.next("connect");
    same(await plain.ask("echo", "over there \u2028", 1), ["over there \u2028", 1]);
    same(await plain.next("echoed"), ["over there \u2028", 1]);
    plain.nsp.emit("count", 0);
    same(await plain.ask("counted"), [1, true]);
    same(await plain.send("there"), []);
    same(await plain.next("message"), ["there"]);
    same(env.me.count("echoed"), 0);
    plain.nsp.emit("leave me"); // the server closes the endpoint alone
    await plain.next("disconnect");
    same(await env.me.ask("echo", "still here"), ["still here"]);
    await env.me.next("echoed");
  }],
  ["an endpoint refuses, and lets in who knows the word", async (env) => {
    const refused = env.me.of("/admin");
    same(await refused.next("connect_failed"), ["unauthorized"]);
    same(refused.count("connect"), 0);
    const guest = connect(env, "?token=friend");
    await guest.next("connect");
    const admin = guest.of("/admin");
    await admin.next("connect");
    same(await admin.ask("echo", "inside"), ["inside"]);
    guest.close();
  }],
  ["a handshake is refused with 403", async (env) => {
    const refused = connect(env, "?refuse=1", { reconnect: false });
    same(await refused.next("error"), ["not today"]);
    same(refused.count("connect"), 0);
  }],
  ["the server kicks, and the client stays away", async (env) => {
    const guest = connect(env);
    await guest.next("connect");
    guest.nsp.emit("kick");
    same(await guest.next("disconnect"), ["booted"]);
    same(guest.socket.reconnecting, false);
    same(await env.me.ask("echo", "me not"), ["me not"]);
    await env.me.next("echoed");
  }],
  ["the client leaves, and the server notices", async (env) => {
    const guest = connect(env);
    await guest.next("connect");
    await env.me.ask("watch", env.name);
    await guest.ask("call me", env.name);
    await guest.idle();
    guest.close();
    same(await env.me.next("gone"), [env.name]);
  }],
  ["several clients at once", async (env) => {
    const n = env.page ? 3 : 5; // a browser opens six connections to a host, and each client holds one
    const all = Array.from({ length: n }, () => connect(env));
    await Promise.all(all.map((c) => c.next("connect")));
    const answers = await Promise.all(all.map((c, i) => c.ask("echo", `client ${i}`)));
    same(answers, all.map((_, i) => [`client ${i}`]));
    await Promise.all(all.map((c) => c.idle()));
    for (const c of all) c.close();
  }],
  ["comes back after a restart of the server", (env) => returns(env, "restart")],
  ["comes back after a crash of the server", crash],
  ["the end", async (env) => {
    await env.me.idle();
    env.me.close();
    await env.me.next("disconnect");
  }],
];

function crash(env) {
  return returns(env, "crash");
}

// A lost connection is made anew, with its endpoints.
async function returns(env, how) {
  if (!env.plain) {
    env.plain = env.me.of("/plain");
    env.plain.nsp.packet({ type: "connect" }); // it was left
    await env.plain.next("connect");
  }
  const { plain } = env;
  same(env.me.count("disconnect"), 0); // so far it held
  await env.restart(how);
  // 0.8 takes its htmlfile for alive until a POST fails.
  const poke = setInterval(() => env.version === "0.8" && env.transport === "htmlfile" && env.me.nsp.emit("count", 0), 300);
  await env.me.next("disconnect");
  clearInterval(poke);
  await env.me.next("reconnect");
  await plain.next("connect");
  same(await plain.ask("echo", how), [how]);
  same(await env.me.ask("state"), ["0.x", env.transport, (await env.me.ask("state"))[2]]);
  same(env.me.socket.transport.name, env.transport);
}

// From a page of another origin.
const crossSteps = [
  ["cross-site: connects, with its cookies and origin", async (env) => {
    env.me = connect(env, "?q=cross");
    await env.me.next("connect");
    const [, transport, from] = await env.me.ask("state");
    same(transport, env.transport);
    same([from.cookie, from.origin], env.seen);
  }],
  ["cross-site: events, messages and 100 kB", async (env) => {
    const text = hundred("日本🌪 é");
    same(await env.me.ask("echo", text, "\u2028"), [text, "\u2028"]);
    same(await env.me.next("echoed"), [text, "\u2028"]);
    env.me.nsp.send("hello 🌪");
    same(await env.me.next("message"), ["hello 🌪"]);
  }],
  ["cross-site: a refusal, and an endpoint's", async (env) => {
    same(await env.me.of("/admin").next("connect_failed"), ["unauthorized"]);
    same(await connect(env, "?refuse=1", { reconnect: false }).next("error"), ["not today"]);
  }],
  ["cross-site: kicked", async (env) => {
    env.me.nsp.emit("kick");
    same(await env.me.next("disconnect"), ["booted"]);
  }],
];
