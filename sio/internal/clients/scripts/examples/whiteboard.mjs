// Two browsers and a latecomer draw on one board.
import { assert, counts, done, open, sees, step } from "./page.mjs";

const [url] = process.argv.slice(2);
const ada = await open(`${url}/`);
const grace = await open(`${url}/legacy`);
for (const page of [ada, grace]) await sees(page, "#here", "2");

// Draws a curve by the mouse; f gives the place, from 0 to 1 in both axes.
async function draw(page, f, steps = 80) {
  const box = await page.locator("#canvas").boundingBox();
  const at = (t) => f(t).map((v, axis) => (axis ? box.y + v * box.height : box.x + v * box.width));
  await page.mouse.move(...at(0));
  await page.mouse.down();
  for (let i = 1; i <= steps; i++) await page.mouse.move(...at(i / steps));
  await page.mouse.up();
}

// Whether there is ink at a place of the board, and of which colour.
const ink = (page, x, y) =>
  page.evaluate(([px, py]) => {
    const c = document.getElementById("canvas");
    const [r, g, b, a] = c.getContext("2d").getImageData(Math.round(px * c.width), Math.round(py * c.height), 1, 1).data;
    return a > 100 ? (b > r ? "blue" : r > b ? "amber" : `${r},${g},${b}`) : "";
  }, [x, y]);

async function hasInk(page, f, colour) {
  for (const t of [0.02, 0.25, 0.5, 0.75, 0.97]) {
    const [x, y] = f(t);
    let got;
    for (let tries = 0; tries < 400 && got !== colour; tries++) {
      got = await ink(page, x, y);
      if (got !== colour) await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    assert.equal(got, colour, `at ${t}: ${x}, ${y}`);
  }
}

const wave = (t) => [0.1 + 0.8 * t, 0.3 + 0.12 * Math.sin(8 * t)];
const line = (t) => [0.15 + 0.7 * t, 0.85 - 0.2 * t];

await step("what one draws is drawn for the other, part by part", async () => {
  await draw(ada, wave);
  await counts(grace, "#points", 81);
  await hasInk(ada, wave, "blue");
  await hasInk(grace, wave, "blue");
  const number = async (id) => Number(await grace.textContent(id));
  assert.ok((await number("#events")) > 5, "came in many small events");
  assert.ok((await number("#frames")) > 5, "was drawn in many frames");
});

await step("and back, from 0.9 to 4.x", async () => {
  await draw(grace, line);
  await hasInk(ada, line, "amber");
});

await step("both draw at the same time", async () => {
  const low = (t) => [0.1 + 0.35 * t, 0.93];
  const high = (t) => [0.55 + 0.35 * t, 0.07];
  await Promise.all([draw(ada, low), draw(grace, high)]);
  for (const page of [ada, grace]) {
    await hasInk(page, low, "blue");
    await hasInk(page, high, "amber");
  }
});

await step("the other's pointer is seen", async () => {
  const box = await ada.locator("#canvas").boundingBox();
  await ada.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await grace.waitForFunction(() => Math.abs(parseFloat(document.querySelector(".pointer")?.style.left) - 50) < 1);
});

await step("who comes late sees the board as it is", async () => {
  const late = await open(`${url}/`);
  await sees(ada, "#here", "3");
  await hasInk(late, wave, "blue");
  await hasInk(late, line, "amber");
  await late.close();
  await sees(ada, "#here", "2");
});

await step("a board of another size has the same on it", async () => {
  await grace.setViewportSize({ width: 700, height: 600 });
  await hasInk(grace, wave, "blue");
});

await step("clearing clears it for both", async () => {
  await grace.setViewportSize({ width: 1100, height: 720 });
  await draw(ada, wave);
  await grace.click("#clear");
  for (const page of [ada, grace]) {
    await page.waitForFunction(() => {
      const c = document.getElementById("canvas");
      return c.getContext("2d").getImageData(0, 0, c.width, c.height).data.every((v) => v === 0);
    });
  }
  await draw(grace, line);
  await hasInk(ada, line, "amber");
  await draw(ada, wave);
  await hasInk(grace, wave, "blue");
});

await done("whiteboard");
