// The clients' browser builds in Chromium, each in a context of its own:
//
//   node browser.mjs <url> <version>/<transport> ...
import { launch } from "../browser.mjs";
import { Jobs } from "./jobs.mjs";

const [url, ...names] = process.argv.slice(2);
const cross = await (await fetch(`${url}/cross`)).text();
const browser = await launch();
const jobs = new Jobs();

async function open(context, name, origin) {
  const page = await context.newPage();
  page.on("pageerror", (err) => jobs.say(name, `page: ${err.stack ?? err}`));
  await page.exposeFunction("passed", (step) => jobs.say(name, `passed ${step}`));
  await page.exposeFunction("leftOut", (step) => jobs.say(name, `left out ${step}`));
  await page.exposeFunction("restart", (how) => jobs.restart(how));
  await page.goto(`${origin}/page/${name.split("/")[0]}`);
  await page.waitForFunction(() => window.run && document.readyState === "complete");
  return page;
}

// What a server sees of a page on another port. 0.7 shakes hands by a script,
// which has cookies and no Origin; 0.8 by an XMLHttpRequest without credentials.
const seen = { 0.7: [true, false], 0.8: [false, true], 0.9: [true, true] };

await jobs.run(names, async (name) => {
  const [version, transport] = name.split("/");
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(0);
  await context.addCookies([{ name: "who", value: name.replace("/", "-"), url }]);
  const [cookie, origin] = seen[version];
  const env = { url, version, transport, name: name.replace("/", "-"), seen: [cookie ? name.replace("/", "-") : "", origin ? cross : ""] };
  for (const [part, from] of [["cross", cross], ["all", url]]) {
    const page = await open(context, name, from);
    await page.evaluate(([e, p]) => window.run({ ...e, io: window.io, page: location.origin, passed: window.passed, leftOut: window.leftOut, restart: window.restart }, p), [env, part]);
    await page.close();
  }
  await context.close();
});
await browser.close();
console.log("finished");
process.exit(0);
