// JSONP by the browser builds that have it, in Chromium:
//
//   node jsonp.mjs <url> <version>
//
// Once from a page of the server's own, once from another site, whose pages
// may not read the server's answers in any other way, and at last with an
// upgrade to a websocket.
import { readFileSync } from "node:fs";
import path from "node:path";
import { launch } from "./browser.mjs";
import { assert, finish, step } from "./steps.mjs";

const [url, version] = process.argv.slice(2);
const folder = path.join(import.meta.dirname, "..", "node_modules", `socket.io-client-${version}`);
const script = path.join(folder, version === "1.0.6" ? "socket.io.js" : "dist/socket.io.js");
assert.ok(readFileSync(script, "utf8").includes("___eio"), "this build has no JSONP");

const browser = await launch();

// open gives a page with the client, and what it requests of the server.
async function open(site) {
  const page = await browser.newPage();
  const requests = [];
  page.on("request", (r) => r.url().includes("/socket.io/") && requests.push(r));
  const troubles = [];
  page.on("pageerror", (err) => troubles.push(String(err)));
  await page.goto(`${site}/no-such-page`);
  await page.addScriptTag({ path: script });
  return { page, requests, troubles };
}

// talk runs in the page.
async function talk([url, transports, version]) {
  const within = (what, executor) =>
    new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`waited in vain for ${what}`)), 60000);
      executor(resolve);
    });
  const s = window.io(url, { forceJSONP: true, transports, forceNew: true, reconnection: false });
  await within("connect", (resolve) => s.on("connect", resolve));
  if (transports.length > 1) await within("the upgrade", (resolve) => (s.io.engine.transport.name === "websocket" ? resolve() : s.io.engine.on("upgrade", resolve)));
  const ask = (...args) => within(args[0], (resolve) => s.emit(...args, (...answer) => resolve(answer)));
  const texts = [
    "", "é", "ünïcödé 日本語", "🌪👩‍👩‍👧", "\u2028\u2029\u0000\u0080\u00ff", 'quotes " \' \\ </script> &amp; + % =',
    "lines\n\r\n", "\\n", "\\\\n", "\\\n\\", "\ud83c", "42[\"x\"]", `0123456789 日本 🌪 ${"x".repeat(85)}`.repeat(1000), // the last has 100 kB
  ];
  const wrong = [];
  for (const text of texts) {
    const [back] = await within(`text ${texts.indexOf(text)}`, (resolve) => s.emit("raw", { text }, (...answer) => resolve(answer)));
    if (back.text !== text) wrong.push([text.slice(0, 50), String(back.text).slice(0, 50)]);
  }
  const bytes = (v) => (v && v.base64 ? Array.from(atob(v.data), (c) => c.charCodeAt(0)) : Array.from(new Uint8Array(v)));
  for (const n of [0, 1, 256, 20000]) {
    const sent = new Uint8Array(n).map((_, i) => i * 7);
    const [one, deep] = await ask("echo", sent.buffer, { deep: [sent.buffer] });
    for (const got of [one, deep.deep[0]]) {
      const back = bytes(got);
      if (back.length !== n || back.some((b, i) => b !== sent[i])) wrong.push(["bytes", n, back.slice(0, 10)]);
    }
  }
  const items = [];
  s.on("item", (i) => items.push(i));
  await ask("burst", 300);
  if (items.some((n, i) => n !== i) || items.length !== 300) wrong.push(["burst", items.length]);
  const state = await ask("state");
  // 1.0.6 calls itself without end when JSONP is closed, by whomever.
  if (version === "1.0.6") return { wrong, state, reason: "" };
  const gone = within("disconnect", (resolve) => s.on("disconnect", resolve));
  s.emit("kick");
  return { wrong, state, reason: await gone };
}

const reason = version === "1.0.6" ? "" : "io server disconnect";
const generation = /^[12]/.test(version) ? "1.x/2.x" : "4.x";
const another = url.replace("127.0.0.1", "localhost"); // another site, the same server

for (const [name, site] of [["from the server's own page", url], ["across sites", another]]) {
  await step(`everything over JSONP ${name}`, async () => {
    const { page, requests, troubles } = await open(site);
    const got = await page.evaluate(talk, [url, ["polling"], version]);
    assert.deepEqual(got, { wrong: [], state: [generation, "polling"], reason });
    assert.deepEqual(troubles, []);
    const gets = requests.filter((r) => r.method() === "GET");
    assert.ok(gets.length > 5 && gets.every((r) => r.resourceType() === "script" && /[?&]j=\d+/.test(r.url())), "polls are scripts");
    assert.ok(requests.some((r) => r.method() === "POST" && r.isNavigationRequest()), "posts are forms");
    await page.close();
  });
}

await step("an upgrade from JSONP to a websocket", async () => {
  const { page, troubles } = await open(another);
  const got = await page.evaluate(talk, [url, ["polling", "websocket"], version]);
  assert.deepEqual(got, { wrong: [], state: [generation, "websocket"], reason });
  assert.deepEqual(troubles, []);
  await page.close();
});

await browser.close();
finish();
