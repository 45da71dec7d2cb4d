import net from "node:net";
import { assert, done, open, sees, step } from "./page.mjs";

// The versions that are tried may be given behind the URL.
const [url, ...versions] = process.argv.slice(2);
const secure = url.startsWith("https:");
const tls = secure ? ", TLS 1.3" : "";
const options = { ignoreHTTPSErrors: secure };

const old = ["websocket", "htmlfile", "xhr-polling", "jsonp-polling"];
const engine = ["upgrade", "websocket", "polling", "polling-jsonp"];
const kinds = {
  "0.7.11": old, "0.8.7": old, "0.9.17": old,
  "1.7.4": engine, "2.5.0": engine, "3.1.3": engine, "4.8.4": engine.slice(0, 3),
};

const generation = (version) => (version[0] === "0" ? "0.x" : version < "3" ? "1.x/2.x" : "4.x");
const ends = (transport) => ({ upgrade: "websocket", "polling-jsonp": "polling" })[transport] ?? transport;

// What the page shows of each transport's wire: [arrow, text].
const wire = {
  websocket: [["↑", /websocket \/socket\.io\//], ["↓", /101 Switching Protocols/], ["↑", /^frame/], ["↓", /^frame/]],
  upgrade: [["↑", /^GET/], ["↓", /^200/], ["↑", /websocket/], ["↑", /^frameping2probe/], ["↓", /^framepong3probe/], ["↑", /^frameupgrade5/], ["↑", /^frameevent42/]],
  polling: [["↑", /^GET/], ["↓", /^200/], ["↑", /^POST.*event42/]],
  "polling-jsonp": [["↑", /^GET by a script tag/], ["↓", /^200, a script/], ["↑", /^POST by a form.*event/]],
  htmlfile: [["↑", /^GET by a frame/], ["↓", /^a script in the stream.*connect1::/], ["↑", /^POST.*event5:/]],
  "xhr-polling": [["↑", /^GET/], ["↓", /^200.*connect1::/], ["↑", /^POST.*event5:/]],
  "jsonp-polling": [["↑", /^GET by a script tag/], ["↓", /^200, a script.*connect1::/], ["↑", /^POST by a form.*event5:/]],
};

async function say(page, text) {
  await page.fill("#text:enabled", text);
  await page.press("#text", "Enter");
}

// A person begins at "/" and clicks to where they want.
const page = await open(`${url}/`, options);
const witness = await open(`${url}/`, options);
await witness.waitForSelector("#text:enabled");

for (const [version, transports] of Object.entries(kinds)) {
  if (versions.length && !versions.includes(version)) continue;
  for (const transport of transports) {
    await step(`${version} over ${transport}`, async () => {
      await page.click(`nav:nth-of-type(1) a:text-is("${version}")`);
      await page.click(`nav:nth-of-type(2) a[href="/${version}/${transport}"]`);
      await page.waitForURL(`**/${version}/${transport}`);
      await sees(page, "#seen", `${generation(version)} over ${ends(transport)}${tls}`);
      const text = `Hi from ${version} over ${transport}, ünïcödé 🌪 "<b>"`;
      await say(page, text);
      await sees(page, "#log li", new RegExp(`^"Hi from ${version} .*🌪 .*" came over ${ends(transport)}`));
      await sees(witness, "#log li", `Client ${version}: ${text}`);
      await say(witness, `Back to ${version} over ${transport}`);
      await sees(page, "#log li", `Client 4.8.4: Back to ${version} over ${transport}`);
      await burst(page);
      await bytes(page, version);
      for (const [arrow, about] of wire[transport]) await sees(page, `#tap li.${arrow === "↑" ? "out" : "in"} > span:last-child`, about);
    });
  }
  await step(`${version} disconnects and connects again`, async () => {
    await page.click("#break");
    await sees(page, "#seen", "nobody");
    await page.click("#break");
    await sees(page, "#seen", /^\S+ over/);
    await say(page, `once more from ${version}`);
    await sees(witness, "#log li", `Client ${version}: once more from ${version}`);
  });
}

// Ten at once are answered in order.
async function burst(page) {
  await page.click("#burst");
  await sees(page, "#log li:last-child", /^"10 of ten"/);
  const last = await page.$$eval("#log li", (all) => all.slice(-10).map((e) => parseInt(e.textContent.slice(1), 10)));
  assert.deepEqual(last, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

async function bytes(page, version) {
  assert.equal(await page.isEnabled("#binary"), version[0] !== "0");
  if (version[0] === "0") return;
  await page.click("#binary");
  await sees(page, "#log li", /^bytes came back reversed: aa 8c 9f f0 03 02 01 00/);
}

await step("what no browser has is said plainly", async () => {
  await page.goto(`${url}/0.9.17/htmlfile`);
  await sees(page, ".pills s", "flashsocket");
  await sees(page, ".about", /Today's browsers lack the ActiveXObject/);
  await sees(page, "#seen", `0.x over htmlfile${tls}`);
});

if (!secure) {
  await step("Flash gets its policy on the same port", async () => {
    const { hostname, port } = new URL(url);
    const got = await new Promise((resolve, reject) => {
      let text = "";
      const conn = net.connect(Number(port), hostname, () => conn.write("<policy-file-request/>\0"));
      conn.on("data", (d) => { text += d; });
      conn.on("end", () => resolve(text));
      conn.on("error", reject);
    });
    assert.match(got, /^<\?xml version="1\.0"\?>[^]*<allow-access-from domain="\*"[^]*<\/cross-domain-policy>\0$/);
  });
}

await done(`${secure ? "transports-tls" : "transports"}-${versions[0] ?? "all"}`);
