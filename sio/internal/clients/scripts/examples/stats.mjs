import { assert, counts, done, open, sees, step } from "./page.mjs";

const [url] = process.argv.slice(2);
const page = await open(`${url}/`);
const old = await open(`${url}/legacy`);

await step("both watchers are counted, by generation", async () => {
  for (const p of [page, old]) {
    await sees(p, "#active_sessions", "2");
    await sees(p, "#transports dt", "websocket, 0.x");
    await sees(p, "#transports dt", "websocket, 4.x");
  }
});

await step("clients are added, talk, and are seen to", async () => {
  await page.click("#more");
  await sees(page, "#load", "20");
  await sees(old, "#active_sessions", "22");
  await counts(old, "#packets_recv_ps", 10);
  await counts(page, "#packets_sent_ps", 200); // each of 20 is told what 19 others say, about once a second
  await sees(page, "#all dt", "violations");
  assert.match(await page.getAttribute("#plot-packets path", "d"), /L/);
});

await step("they go, and the most is remembered", async () => {
  await page.click("#none");
  await sees(page, "#active_sessions", "2");
  await sees(page, "#max_sessions", "22");
});

await step("the same as JSON", async () => {
  const stats = await (await fetch(`${url}/stats.json`)).json();
  assert.equal(stats.max_sessions, 22);
  assert.equal(stats.violations, 0);
});

await done("stats");
