import { assert, done, open, sees, step } from "./page.mjs";

const [url] = process.argv.slice(2);

// Where each bar begins and ends, in percent.
const bars = (page) => page.$$eval(".track i", (all) => all.map((e) => [parseFloat(e.style.left), parseFloat(e.style.left) + parseFloat(e.style.width)]));

for (const path of ["/", "/legacy"]) {
  const page = await open(url + path);

  await step(`${path}: ordered handlers run one after another, and the bell rings meanwhile`, async () => {
    await page.click("#ordered:enabled");
    await sees(page, "#how", "ordered, cooking…");
    await page.click("#bell:enabled");
    await sees(page, "#rung", /^ding, after/);
    assert.equal(await page.textContent("#how"), "ordered, cooking…"); // 1.6 s are not over
    await sees(page, "#how", "ordered");
    const drawn = await bars(page);
    assert.equal(drawn.length, 4);
    for (let i = 1; i < 4; i++) assert.ok(drawn[i][0] >= drawn[i - 1][1] - 0.2, `dish ${i} began before the one before it ended: ${drawn}`);
    assert.ok(parseInt((await page.textContent("#took")).match(/\d+/)[0], 10) >= 1600);
  });

  await step(`${path}: concurrent ones run side by side`, async () => {
    await page.click("#concurrent:enabled");
    await sees(page, "#how", "concurrent");
    const drawn = await bars(page);
    const lastBegin = Math.max(...drawn.map((b) => b[0]));
    const firstEnd = Math.min(...drawn.map((b) => b[1]));
    assert.ok(lastBegin < firstEnd, `not side by side: ${drawn}`);
    assert.ok(parseInt((await page.textContent("#took")).match(/\d+/)[0], 10) < 1600);
  });
}

await done("waiting");
