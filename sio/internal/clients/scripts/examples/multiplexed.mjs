import { assert, done, open, sees, step } from "./page.mjs";

const [url] = process.argv.slice(2);
const ada = await open(`${url}/`);
const grace = await open(`${url}/legacy`);

await step("both join both namespaces over one connection", async () => {
  for (const page of [ada, grace]) {
    await sees(page, "#chat .state", "joined");
    await sees(page, "#clock .state", "joined");
    await sees(page, "#time", /^\d\d:\d\d:\d\d\.\d$/);
    await sees(page, "#connections", "1");
  }
});

async function say(page, text) {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
}

await step("text goes both ways between the generations", async () => {
  await say(ada, "from 4.x 🌪");
  await sees(grace, "#log li", /^Guest \S+ from 4\.x 🌪$/);
  await sees(ada, "#log li", "You from 4.x 🌪");
  await say(grace, "<b>from</b> 0.9");
  await sees(ada, "#log li", /^Guest \S+ <b>from<\/b> 0\.9$/);
});

for (const [name, page, other] of [["4.x", ada, grace], ["0.9", grace, ada]]) {
  await step(`${name}: one namespace is left and the other goes on`, async () => {
    await page.click("#chat .leave");
    await sees(page, "#chat .state", "left");
    await sees(other, "#log li:last-child", /left$/);
    const before = await page.textContent("#time");
    await page.waitForFunction((t) => document.querySelector("#time").textContent !== t, before);
    assert.equal(await page.isDisabled("#text"), true);
    await page.click("#chat .leave");
    await sees(page, "#chat .state", "joined");
    await say(page, `back, with ${name}`);
    await sees(other, "#log li", new RegExp(`back, with ${name}$`));
    await sees(page, "#connections", "1");
  });
  await step(`${name}: the clock is held and goes on`, async () => {
    await page.click("#hold");
    await sees(page, "#hold", "Go on");
    await page.click("#hold");
    await sees(page, "#hold", "Hold");
    const before = await page.textContent("#time");
    await page.waitForFunction((t) => document.querySelector("#time").textContent !== t, before);
  });
}

await done("multiplexed");
