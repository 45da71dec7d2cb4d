import { assert, counts, done, driver, open, sees, step, withTrouble } from "./page.mjs";

const [url] = process.argv.slice(2);
const page = await open(url + "/");
const number = async (id) => parseInt(await page.textContent(id), 10);
const shown = () => page.$$eval("#numbers li", (all) => all.map((e) => [parseInt(e.textContent, 10), e.className]));

await step("numbers come", () => counts(page, "#live", 5));

await step("what was missed comes back, once and in order", async () => {
  for (let round = 1; round <= 2; round++) {
    const before = await number("#back");
    await page.click("#short:enabled");
    await sees(page, "#banner", /goes on counting/);
    await page.waitForSelector("#banner", { state: "hidden" });
    await counts(page, "#back", before + 5);
    await counts(page, "#live", (await number("#live")) + 3);
    await sees(page, "#log li:first-child", /^recovered as \S+, after \d/);
  }
  assert.equal(await number("#lost"), 0);
  assert.equal(await number("#wrong"), 0);
  const numbers = (await shown()).map(([n]) => n);
  assert.deepEqual(numbers, Array.from(numbers, (_, i) => numbers[0] + i));
  const ids = await page.$$eval("#log li", (all) => all.map((e) => e.textContent.match(/ as (\S+?),?( after .*)?$/)?.[1]).filter(Boolean));
  assert.equal(new Set(ids).size, 1, `not the same socket: ${ids}`);
});

await step("who stays away too long is new, and the page shows what is lost", async () => {
  const back = await number("#back");
  await page.click("#long:enabled");
  await page.waitForSelector("#banner", { state: "visible" });
  await page.waitForSelector("#banner", { state: "hidden" });
  await sees(page, "#log li:first-child", /^new as/);
  await counts(page, "#lost", 5);
  assert.equal(await number("#back"), back);
  assert.ok((await shown()).some(([, kind]) => kind === "lost"));
});

await step("after a restart the page goes on", () =>
  withTrouble(async () => {
    const before = await number("#live");
    driver("@restart");
    await sees(page, "#log li:first-child", /^lost/);
    await page.waitForSelector("#banner", { state: "hidden" });
    await counts(page, "#live", before + 5);
    assert.equal(await number("#wrong"), 0);
  }),
);

await done("recovery");
