// The frame of the examples' scripts: a browser whose pages must be free of
// errors, and what a person does on them.
import path from "node:path";
import { launch, sizes } from "../browser.mjs";
import { assert, driver, finish, step } from "../steps.mjs";

export { assert, driver, step };

const browser = await launch();
const pages = [];
const troubles = [];
let expectTrouble = false;

// With the variable SHOTS naming a folder, screenshots are left there.
const shots = process.env.SHOTS;

// Opens a page. Its own trouble is noted; see done. prepare gets it before it
// loads.
export async function open(url, options = {}, prepare = () => {}) {
  const context = await browser.newContext({ viewport: sizes.desktop, ...options });
  const page = await context.newPage();
  page.on("pageerror", (err) => troubles.push(`${url}: ${err}`));
  page.on("console", (m) => {
    if (m.type() === "error" && !expectTrouble && !closing(m)) troubles.push(`${url}: ${m.text()}`);
  });
  page.on("request", noteClose);
  pages.push(page);
  await prepare(page);
  await page.goto(url);
  return page;
}

// Clients that close over polling may send another poll beside the close. Who
// comes second there finds no session, with every server. So a page may see a
// 400 on a poll of a session that it has closed itself.
const closed = new Set();
const sidOf = (url) => (/transport=polling/.test(url) && new URL(url).searchParams.get("sid")) || null;

function noteClose(request) {
  const sid = request.method() === "POST" && sidOf(request.url());
  // "1" is the last packet of the payload: of revision 4, or of 3 with its
  // length. JSONP has it in a form.
  const body = (request.postData() ?? "").replace(/^d=/, "").replace(/%3A1$/, ":1").replaceAll("%1E", "\x1e");
  if (sid && /(^|\x1e)1$|1:1$/.test(body)) closed.add(sid);
}

function closing(message) {
  return /status of 400/.test(message.text()) && closed.has(sidOf(message.location().url));
}

// While f runs the browser may complain, e.g. because the server is away.
export async function withTrouble(f) {
  expectTrouble = true;
  await f();
  expectTrouble = false;
}

// Waits for an element whose text is, or matches, what is given.
export async function sees(page, selector, text) {
  const [source, flags] = text instanceof RegExp ? [text.source, text.flags] : [null, String(text)];
  try {
    await page.waitForFunction(
      ([s, src, f]) =>
        Array.from(document.querySelectorAll(s)).some((e) => {
          const got = e.textContent.trim();
          return e.checkVisibility() && (src === null ? got === f : new RegExp(src, f).test(got));
        }),
      [selector, source, flags],
    );
  } catch (err) {
    const there = await page.$$eval(selector, (all) => all.map((e) => e.textContent.trim()));
    throw new Error(`${selector} has ${JSON.stringify(there)}, want ${text}\n${err.message}`);
  }
}

// Waits until f(number in the element) is true.
export function counts(page, selector, least) {
  return page.waitForFunction(([s, n]) => parseFloat(document.querySelector(s)?.textContent) >= n, [selector, least]);
}

export async function shot(page, name) {
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}

// Ends the script: no page may be wider than its window, and none had trouble.
export async function done(name) {
  await step("nothing is wider than the window, at either size", async () => {
    for (const [i, page] of pages.filter((p) => !p.isClosed()).entries()) {
      for (const [size, viewport] of Object.entries(sizes)) {
        await page.setViewportSize(viewport);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `${page.url()} is ${wide} pixels too wide at ${size}`);
        await page.emulateMedia({ colorScheme: size === "phone" ? "dark" : "light" });
        await shot(page, `${name}-${i}-${size}`);
      }
    }
  });
  await step("no error in any page", () => assert.deepEqual(troubles, []));
  await browser.close();
  finish();
}
