// WebTransport by the browser build of the client, in Chromium:
//
//   node webtransport.mjs <url>
//
// Once from the first packet on, and once by an upgrade from polling. The page
// knows the hash of the server's certificate, which nobody vouches for.
import path from "node:path";
import { launch } from "./browser.mjs";
import { assert, driver, finish, step } from "./steps.mjs";

const [url] = process.argv.slice(2);
const script = path.join(import.meta.dirname, "..", "node_modules", "socket.io-client", "dist", "socket.io.js");
const browser = await launch({ quic: true });

async function open() {
  const page = await browser.newPage();
  const troubles = [];
  page.on("pageerror", (err) => troubles.push(String(err)));
  await page.goto(`${url}/no-such-page`);
  await page.addScriptTag({ path: script });
  await page.evaluate(connect);
  return { page, troubles };
}

// connect runs in the page: it leaves a function that makes a client.
function connect() {
  window.within = (what, executor) =>
    new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`waited in vain for ${what}`)), 60000);
      executor(resolve);
    });
  window.client = async (transports, options) => {
    const hex = await (await fetch("/hash")).text();
    const value = new Uint8Array(hex.match(/../g).map((byte) => parseInt(byte, 16)));
    const transportOptions = { webtransport: { serverCertificateHashes: [{ algorithm: "sha-256", value }] } };
    return window.io("/", { transports, transportOptions, forceNew: true, reconnection: false, ...options });
  };
}

// talk runs in the page.
async function talk([transports, texts]) {
  const { within, client } = window;
  const s = await client(transports);
  await within("connect", (resolve) => s.on("connect", resolve));
  const ask = (...args) => within(args[0], (resolve) => s.emit(...args, (...answer) => resolve(answer)));
  const wrong = [];
  // A burst over the upgrade arrives in order.
  for (let i = 0; i < 500; i++) s.emit("count", i);
  if (transports.length > 1) await within("the upgrade", (resolve) => (s.io.engine.transport.name === "webtransport" ? resolve() : s.io.engine.on("upgrade", resolve)));
  for (let i = 500; i < 1000; i++) s.emit("count", i);
  const [counted, ordered] = await ask("counted");
  if (counted !== 1000 || !ordered) wrong.push(["counted", counted, ordered]);
  for (const text of texts) {
    const [back] = await ask("echo", text);
    if (back !== text) wrong.push([text.slice(0, 50), String(back).slice(0, 50)]);
  }
  for (const n of [0, 1, 125, 126, 256, 65535, 65536, 300000]) {
    const sent = new Uint8Array(n).map((_, i) => i * 7);
    const [one, deep] = await ask("echo", sent.buffer, { deep: [sent.buffer] });
    for (const got of [one, deep.deep[0]]) {
      const back = new Uint8Array(got);
      if (back.length !== n || back.some((b, i) => b !== sent[i])) wrong.push(["bytes", n, back.length]);
    }
  }
  s.on("question", (q, answer) => answer(q, "answered"));
  const [question, word] = await ask("ask", "a");
  if (question !== "a" || word !== "answered") wrong.push(["ask", question, word]);
  const items = [];
  s.on("item", (i) => items.push(i));
  await ask("burst", 1000);
  if (items.some((n, i) => n !== i) || items.length !== 1000) wrong.push(["burst", items.length]);
  const state = await ask("state");
  const carried = await (await fetch("/stats")).text();
  const gone = within("disconnect", (resolve) => s.on("disconnect", resolve));
  s.emit("kick");
  return { wrong, state, carried, reason: await gone };
}

const texts = ["", "é", "ünïcödé 日本語", "🌪👩‍👩‍👧", "\u2028\u2029\u0000\u0080\u00ff", "\u001e", "x".repeat(119), "x".repeat(120), "日本 🌪 ".repeat(10000)];
for (const transports of [["webtransport"], ["polling", "webtransport"]]) {
  await step(`everything over ${transports.join(", then ")}`, async () => {
    const { page, troubles } = await open();
    const got = await page.evaluate(talk, [transports, texts]);
    assert.deepEqual(got, { wrong: [], state: ["4.x", "webtransport"], carried: "1", reason: "io server disconnect" });
    assert.deepEqual(troubles, []);
    await page.close();
  });
}

await step("with both to change to, the client takes WebTransport", async () => {
  const { page } = await open();
  const name = await page.evaluate(async () => {
    const s = await window.client(["polling", "websocket", "webtransport"]);
    await window.within("connect", (resolve) => s.on("connect", resolve));
    await window.within("the upgrade", (resolve) => (s.io.engine.transport.name !== "polling" ? resolve() : s.io.engine.on("upgrade", resolve)));
    return s.io.engine.transport.name;
  });
  assert.equal(name, "webtransport");
  await page.close();
});

await step("the client's end, a message above the limit, and the server's shutdown", async () => {
  const { page } = await open();
  const got = await page.evaluate(async () => {
    const reasons = [];
    const s = await window.client(["webtransport"]);
    await window.within("connect", (resolve) => s.on("connect", resolve));
    s.on("disconnect", (why) => reasons.push(why));
    s.disconnect();
    const big = await window.client(["webtransport"]);
    await window.within("connect", (resolve) => big.on("connect", resolve));
    const gone = window.within("disconnect", (resolve) => big.on("disconnect", resolve));
    big.emit("echo", "x".repeat(1000000));
    reasons.push(await gone);
    window.last = await window.client(["webtransport"]);
    await window.within("connect", (resolve) => window.last.on("connect", resolve));
    window.ended = window.within("disconnect", (resolve) => window.last.on("disconnect", resolve));
    return reasons;
  });
  assert.deepEqual(got, ["io client disconnect", "transport close"]);
  driver("@restart");
  // A browser that is slow to read the end sees the connection end instead.
  assert.match(await page.evaluate(() => window.ended), /^transport (close|error)$/);
});

await browser.close();
finish();
