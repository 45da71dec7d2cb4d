import { assert, counts, done, driver, open, sees, step, withTrouble } from "./page.mjs";

const [url] = process.argv.slice(2);
const kinds = [
  ["/", "websocket"],
  ["/?transport=polling", "polling"],
  ["/legacy", "websocket"],
  ["/legacy?transport=xhr-polling", "xhr-polling"],
];
const pages = [];

for (const [path, transport] of kinds) {
  await step(`${path} measures over ${transport}`, async () => {
    const page = await open(url + path);
    pages.push(page);
    await sees(page, "#transport", transport);
    await counts(page, "#count", 5);
    assert.ok(parseFloat(await page.textContent("#median")) > 0);
    assert.match(await page.getAttribute("#curve", "d"), /^M[\d.]+ [\d.]+(L[\d.]+ [\d.]+)+$/);
  });
}

await step("after a restart all go on", () =>
  withTrouble(async () => {
    driver("@restart");
    for (const page of pages) {
      const before = parseFloat(await page.textContent("#count"));
      await counts(page, "#count", before + 25);
      await page.waitForSelector("#banner", { state: "hidden" });
    }
  }));

await done("ping");
