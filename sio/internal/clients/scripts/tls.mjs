// Clients 1.x to 4.x over TLS, by real clients against rev1server:
//
//   node tls.mjs <https url> <modern|version of 1.x or 2.x> <transports>
import { client } from "./client.mjs";
import { assert, driver, finish, step } from "./steps.mjs";

const [url, kind, transports] = process.argv.slice(2);
const last = transports.split(",").at(-1);
const upgrades = transports.includes(",");
const texts = ["plain", "ünïcödé 日本語", "🌪👩‍👩‍👧 astral", "lines\r\n\u2028\u2029\u0000", "+1+2 \\ \""];
let me;

await step("connects over TLS", async () => {
  assert.match(url, /^https:/);
  me = client(kind, url, transports);
  await me.next("connect");
  if (upgrades) await me.next("upgrade");
  const [generation, transport, from] = await me.ask("state");
  assert.deepEqual([generation, transport, from.secure], [kind === "modern" ? "4.x" : "1.x/2.x", last, "true"]);
});

await step("events, messages and acknowledgements, both ways, with unicode", async () => {
  for (const text of texts) {
    assert.deepEqual(await me.ask("echo", text, { deep: [text] }), [text, { deep: [text] }]);
    assert.deepEqual(await me.next("echoed"), [text, { deep: [text] }]);
    me.send(text);
    assert.deepEqual(await me.next("message"), [text]);
  }
  me.socket.on("question", (...args) => args.pop()(...args, "answered"));
  assert.deepEqual(await me.ask("ask", "🌪"), ["🌪", "answered"]);
});

await step("messages of 100 kB, and a burst in order", async () => {
  const text = "0123456789 日本 🌪 ".repeat(7000);
  assert.ok((await me.ask("echo", text))[0] === text, "the acknowledgement differs");
  assert.ok((await me.next("echoed"))[0] === text, "the event differs");
  me.emit("burst", 500);
  for (let i = 0; i < 500; i++) assert.deepEqual(await me.next("item"), [i, `№ ${i} 🌪`]);
});

await step("a second namespace, and one that refuses", async () => {
  const plain = me.of("/plain");
  await plain.next("connect");
  assert.deepEqual(await plain.ask("echo", "over there"), ["over there"]);
  plain.close();
  await me.of("/admin").next(kind === "modern" ? "connect_error" : "error");
});

for (const request of ["@restart", "@crash"]) {
  await step(`comes back after ${request.slice(1)}`, async () => {
    driver(request);
    await me.next("disconnect");
    await me.next("connect");
    if (upgrades) await me.next("upgrade");
    assert.deepEqual(await me.ask("echo", request), [request]);
    assert.equal(me.transport(), last);
  });
}

me.close();
finish();
