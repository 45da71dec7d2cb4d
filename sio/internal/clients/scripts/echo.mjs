// The protocol's corners, by real clients against the server program beside:
//
//   node echo.mjs <url> <modern|msgpack|legacy|version, or +msgpack> <transports> [deflate]
import { client, isClassic, isModern as modernKind, within } from "./client.mjs";
import { assert, finish, step } from "./steps.mjs";

const [url, kind, transports, deflate] = process.argv.slice(2);
const isModern = modernKind(kind);
const isPacked = kind.endsWith("msgpack");
const isLegacy = kind === "legacy";
const generation = isModern ? "4.x" : isLegacy ? "0.x" : "1.x/2.x";
const upgrades = transports.includes("polling,websocket");

const bytes = (n) => {
  const b = Buffer.from(Array.from({ length: n }, (_, i) => (i * 7 + n) & 255));
  // 1.0 is from before Node's buffers were made of ArrayBuffers, and would send
  // what they are made of.
  return kind === "1.0.6" ? Object.defineProperty(b, "buffer", { value: undefined }) : b;
};
const texts = ["", "é", "a\\nb", "\u0080\u00ff", "\u2028", "plain", "ünïcödé 日本語", "🌪👩‍👩‍👧 astral", "lines\r\n\u2028\u2029\u0000", "+1+2", "5:::{}", "\ufffd3\ufffd3::", "]\"\\", "42[\"x\"]"];

let me;

await step("a burst sent at once, over the upgrade, arrives in order", async () => {
  me = client(kind, url, transports);
  await me.next("connect");
  const sent = 1000;
  for (let i = 0; i < sent; i++) me.emit("count", i);
  const back = me.ask("burst", sent);
  const [counted, ordered] = await me.ask("counted");
  assert.equal(counted, sent);
  assert.equal(ordered, true);
  assert.deepEqual(await back, [sent]);
  for (let i = 0; i < sent; i++) assert.deepEqual(await me.next("item"), [i, `№ ${i} 🌪`]);
});

await step("the server knows the client's generation and transport", async () => {
  if (upgrades) await me.next("upgrade");
  const last = transports.split(",").at(-1);
  assert.equal(me.transport(), last);
  assert.deepEqual(await me.ask("state"), [generation, last]);
});

await step("arguments of every kind come back equal", async () => {
  const sets = [
    ...texts.map((t) => [t]),
    [0, -1, 1.5, 9007199254740991, -2147483648, -2147483649, -9007199254740991],
    isPacked ? [] : [1e21], // the npm parser writes another number
    [true, false, null],
    [{ a: { b: [1, { c: "🌪" }], "": null } }, [], {}],
    [[[[[[]]]]], "two", 3],
    ["many", ...Array.from({ length: 100 }, (_, i) => i)],
  ];
  for (const args of sets) {
    assert.deepEqual(await me.ask("echo", ...args), args);
    assert.deepEqual(await me.next("echoed"), args);
  }
  if (isPacked) {
    const args = [new Date(1700000000123), undefined, { left: undefined, nan: NaN }, Array.from({ length: 20 }, (_, i) => bytes(i))];
    const want = ["2023-11-14T22:13:20.123Z", null, { nan: null }, args[3]];
    assert.deepEqual(await me.ask("echo", ...args), want);
    assert.deepEqual(await me.next("echoed"), want);
  }
  assert.deepEqual(await me.ask("echo"), []);
  assert.deepEqual(await me.next("echoed"), []);
});

await step("half of a pair, which is no character, survives where nobody decodes it", async () => {
  if (isPacked) return; // msgpack has no form for it
  for (const text of ["\ud83c", "x\udf2ay", "\udf2a\ud83c"]) {
    assert.deepEqual(await me.ask("raw", { text }), [{ text }]);
    assert.deepEqual(await me.ask("echo", text), [text.replace(/[\ud800-\udfff]/g, "\ufffd")]);
    await me.next("echoed");
  }
});

await step("plain messages", async () => {
  // The last one looks like a line of packets to the older generation.
  for (const text of texts.filter(Boolean)) {
    me.send(text);
    assert.deepEqual((await me.next("message"))[0], text);
  }
});

await step("the server's questions are answered", async () => {
  me.socket.on("question", (...args) => args.pop()(...args, "answered"));
  assert.deepEqual(await me.ask("ask", "a"), ["a", "answered"]);
  assert.deepEqual(await me.ask("ask", { deep: ["🌪", "+"] }), [{ deep: ["🌪", "+"] }, "answered"]);
  const many = await Promise.all(Array.from({ length: 50 }, (_, i) => me.ask("ask", i)));
  assert.deepEqual(many, Array.from({ length: 50 }, (_, i) => [i, "answered"]));
});

await step("a question nobody answers ends with a timeout", async () => {
  assert.deepEqual(await me.ask("ask nobody"), ["timeout"]);
});

if (!isLegacy) {
  await step("binary", async () => {
    const sets = [
      [bytes(0)],
      [bytes(1), "between", bytes(256)],
      [{ nested: [bytes(3), { deeper: bytes(70000) }], same: true }],
      Array.from({ length: 10 }, (_, i) => bytes(i)),
      [new Uint8Array(bytes(5)).buffer],
    ].filter((args) => kind !== "1.0.6" || !(args[0] instanceof ArrayBuffer)); // of which 1.0 sends zeros
    for (const args of sets) {
      const want = args.map(asBuffers);
      assert.deepEqual((await me.ask("echo", ...args)).map(asBuffers), want);
      assert.deepEqual((await me.next("echoed")).map(asBuffers), want);
    }
    if (kind === "1.0.6") return; // which sends what it got as it sends any buffer
    const [question, word] = await me.ask("ask", bytes(9));
    assert.deepEqual([asBuffers(question), word], [bytes(9), "answered"]);
  });
}

// Buffers all through, so that they can be compared.
function asBuffers(v) {
  if (v instanceof ArrayBuffer || ArrayBuffer.isView(v)) return Buffer.concat([Buffer.isBuffer(v) ? v : Buffer.from(v)]);
  if (Array.isArray(v)) return v.map(asBuffers);
  if (v && typeof v === "object") return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, asBuffers(x)]));
  return v;
}

// Without printing both at full length.
function assertSame(got, want) {
  if (got === want) return;
  const at = Array.from({ length: want.length }, (_, i) => i).findIndex((i) => got?.[i] !== want[i]);
  assert.fail(`a text of ${want.length} units differs from unit ${at} on (got ${got?.length} units)`);
}

await step("large messages", async () => {
  const unit = "0123456789 日本 🌪 ";
  for (const size of [1000, 65535, 65536, 200000]) {
    const text = unit.repeat(Math.ceil(size / unit.length));
    assertSame((await me.ask("echo", text))[0], text);
    assertSame((await me.next("echoed"))[0], text);
  }
  if (isLegacy) return;
  const [back] = await me.ask("echo", bytes(500000));
  assert.ok(Buffer.from(back).equals(bytes(500000)));
  await me.next("echoed");
});

if (deflate) {
  await step("large messages are compressed, small ones are not", async () => {
    const ws = me.websocket();
    const negotiated = JSON.stringify(ws.extensions ?? "");
    if (kind === "1.0.6") return assert.ok(!negotiated.includes("deflate")); // its ws does not know it
    assert.match(negotiated, /permessage-deflate/);
    const { bytesRead, bytesWritten } = ws._socket;
    const text = "all the same ".repeat(20000); // 260 kB
    assertSame((await me.ask("echo", text))[0], text);
    assertSame((await me.next("echoed"))[0], text);
    const read = ws._socket.bytesRead - bytesRead;
    const written = ws._socket.bytesWritten - bytesWritten;
    assert.ok(read > 100 && read < 20000, `the server wrote ${read} bytes`);
    assert.ok(written > 100 && written < 20000, `the client wrote ${written} bytes`);
  });
}

await step("rooms, and everyone but the sender", async () => {
  const other = client(kind, url, transports);
  await other.next("connect");
  const room = `room of ${process.pid}`;
  await me.ask("join", room);
  await other.ask("join", room);
  me.emit("shout", room, "from me");
  assert.deepEqual(await other.next("heard"), ["from me"]);
  other.emit("shout", room, "from the other");
  assert.deepEqual(await me.next("heard"), ["from the other"]);
  await other.ask("leave", room);
  me.emit("shout", room, "unheard");
  await me.ask("state");
  await other.ask("state");
  assert.deepEqual([...me.inbox.take("heard"), ...other.inbox.take("heard")], []);
  other.close();
  await other.next("disconnect");
});

await step("a second namespace, with state of its own", async () => {
  const plain = me.of("/plain");
  await plain.next("connect");
  assert.deepEqual(await plain.ask("echo", "over there", 1), ["over there", 1]);
  assert.deepEqual(await plain.next("echoed"), ["over there", 1]);
  assert.deepEqual(await me.ask("echo", "here"), ["here"]);
  assert.deepEqual(plain.inbox.take("echoed"), []);
  plain.close();
  assert.deepEqual(await me.ask("echo", "still here"), ["still here"]);
  me.inbox.take("echoed");
});

await step("a namespace refuses, and lets in who knows the word", async () => {
  const refused = me.of("/admin", { token: "wrong" });
  if (isClassic(kind)) {
    assert.deepEqual(await refused.next("error"), [isPacked ? "not authorized" : { code: 401 }]); // the error's own data
  } else if (isModern) {
    const [err] = await refused.next("connect_error");
    assert.equal(err.message, "not authorized");
    assert.deepEqual(err.data, { code: 401 });
  } else assert.deepEqual(await refused.next("connect_failed"), ["unauthorized"]);

  const guest = client(kind, isModern || /^(1\.7|2)/.test(kind) ? url : `${url}?token=friend`, transports);
  await guest.next("connect");
  const admin = guest.of("/admin", { token: "friend" });
  await admin.next("connect");
  assert.deepEqual(await admin.ask("echo", "inside"), ["inside"]);
  guest.close();
});

await step("a namespace that is not there", async () => {
  const nowhere = me.of("/nowhere");
  if (isClassic(kind)) assert.deepEqual(await nowhere.next("error"), ["Invalid namespace"]);
  if (isModern) assert.equal((await nowhere.next("connect_error"))[0].message, "Invalid namespace");
  assert.deepEqual(await me.ask("echo", "and the connection lives"), ["and the connection lives"]);
  assert.deepEqual(nowhere.inbox.take("connect"), []);
  me.inbox.take("echoed");
});

if (!isLegacy) {
  await step("a message over the limit costs its sender the connection, and nobody else", async () => {
    const bystander = client(isModern ? kind : isPacked ? "msgpack" : "modern", url, "websocket");
    await bystander.next("connect");
    const glutton = client(kind, url, transports, { reconnection: false });
    await glutton.next("connect");
    if (upgrades) await glutton.next("upgrade");
    glutton.emit("echo", "x".repeat(1_100_000));
    assert.match((await glutton.next("disconnect"))[0], /^transport (close|error)$/);
    assert.deepEqual(await bystander.ask("echo", "fine"), ["fine"]);
    bystander.close();
  });
}

await step("the server ends a connection", async () => {
  const guest = client(kind, url, transports);
  await guest.next("connect");
  if (upgrades) await guest.next("upgrade");
  guest.emit("kick");
  const [reason] = await guest.next("disconnect");
  assert.equal(reason, isLegacy ? "booted" : "io server disconnect");
});

await step("the client leaves, and the server notices", async () => {
  const guest = client(kind, url, transports);
  await guest.next("connect");
  const name = `guest of ${process.pid}`;
  await me.ask("watch", name);
  await guest.ask("call me", name);
  await guest.idle?.();
  // Clients 1.0 that leave while polling rests for the upgrade tell nobody.
  if (upgrades && kind === "1.0.6") await guest.next("upgrade");
  guest.close();
  assert.deepEqual(await me.next("gone"), [name]);
});

await step("ten clients at once", async () => {
  const all = Array.from({ length: 10 }, () => client(kind, url, transports));
  await Promise.all(all.map((c) => c.next("connect")));
  const answers = await Promise.all(all.map((c, i) => c.ask("echo", `client ${i}`)));
  assert.deepEqual(answers, all.map((_, i) => [`client ${i}`]));
  for (const c of all) c.close();
});

me.close();
await within("the end", (resolve) => setImmediate(resolve));
finish();
