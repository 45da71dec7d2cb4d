// engine.io-client against a server of package engine: node engine.mjs URL
// VERSION TRANSPORTS, with the versions 6 and 3, whose revisions are 4 and 3.
import { createRequire } from "node:module";
import { Socket } from "engine.io-client";
import { assert, finish, step } from "./steps.mjs";

const require = createRequire(import.meta.url);
const [url, version, transports] = process.argv.slice(2);
const old = version === "3";
const upgrades = transports.includes(",");
const patience = 60000;

function open(name) {
  const options = { transports: transports.split(","), query: { name } };
  const socket = old ? require("engine.io-client-3")(url, options) : new Socket(url, options);
  const events = [];
  const waiting = [];
  const put = (...event) => {
    events.push(event);
    waiting.shift()?.();
  };
  // Revision 3 has no data for an empty text.
  socket.on("message", (data = "") => put(typeof data === "string" ? data : Buffer.from(data)));
  for (const event of ["open", "close", "error", "upgrade"]) socket.on(event, (x) => put(event, x?.name ?? x));
  // The next event, in order; upgrades come when they like.
  const next = async () => {
    for (;;) {
      const at = events.findIndex(([event]) => event !== "upgrade");
      if (at >= 0) return events.splice(at, 1)[0];
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error("waited in vain")), patience);
        waiting.push(() => resolve(clearTimeout(timer)));
      });
    }
  };
  const upgraded = async () => {
    while (socket.transport.name !== "websocket" || socket.upgrading) await new Promise((r) => setTimeout(r, 5));
  };
  return { socket, next, upgraded, send: (x) => socket.send(x) };
}

const ada = open("ada");

await step("it opens, and reads what OnOpen sent", async () => {
  assert.equal((await ada.next())[0], "open");
  assert.deepEqual(await ada.next(), [`hello ada by ${old ? 3 : 4}`]);
  assert.match(ada.socket.id, /^[\w-]{20}$/);
});

await step("a burst in both directions is in order, over the upgrade", async () => {
  for (let i = 0; i < 100; i++) ada.send(`up ${i}`);
  ada.send("burst 100");
  for (let i = 0; i < 100; i++) assert.deepEqual(await ada.next(), [`up ${i}`]);
  for (let i = 0; i < 100; i++) assert.deepEqual(await ada.next(), [`${i}`]);
});

await step("the transport is the one that it should be", async () => {
  if (upgrades) await ada.upgraded();
  ada.send("how");
  assert.deepEqual(await ada.next(), [`${upgrades ? "websocket" : transports} ${upgrades}`]);
});

await step("texts of every kind come back the same", async () => {
  for (const text of ["", "x", 'say "é"', "日本 🌪 \u0000\u001f\\n", "<b>\r\n", "y".repeat(200000), `"${"ü".repeat(50000)}"`]) {
    ada.send(text);
    assert.deepEqual(await ada.next(), [text]);
  }
});

await step("binary data comes back the same", async () => {
  for (const data of [Buffer.from([0]), Buffer.from([0, 1, 254, 255]), Buffer.alloc(100000, "z")]) {
    ada.send(data);
    const [got] = await ada.next();
    assert.ok(Buffer.isBuffer(got) && got.equals(data), `${got?.length} bytes`);
  }
});

await step("text and binary data keep their order", async () => {
  for (let i = 0; i < 20; i++) ada.send(i % 2 ? Buffer.from([i]) : `${i}`);
  for (let i = 0; i < 20; i++) assert.deepEqual(await ada.next(), [i % 2 ? Buffer.from([i]) : `${i}`]);
});

await step("heartbeats keep it", async () => {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  ada.send("still here");
  assert.deepEqual(await ada.next(), ["still here"]);
});

await step("a message to everyone", async () => {
  const grace = open("grace");
  assert.equal((await grace.next())[0], "open");
  await grace.next();
  ada.send("all \u0001x");
  assert.deepEqual(await grace.next(), [Buffer.from("\u0001x")]);
  assert.deepEqual(await ada.next(), [Buffer.from("\u0001x")]);
  grace.socket.close();
  assert.deepEqual((await grace.next())[0], "close");
});

await step("who is refused learns it", async () => {
  const eve = open("eve");
  assert.equal((await eve.next())[0], "error");
});

await step("the server closes, after its last words", async () => {
  ada.send("close");
  assert.deepEqual(await ada.next(), ["last words"]);
  assert.deepEqual(await ada.next(), ["close", "transport close"]);
});

finish();
