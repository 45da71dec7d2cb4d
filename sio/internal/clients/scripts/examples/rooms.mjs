import { assert, done, driver, open, sees, step, withTrouble } from "./page.mjs";

const [url] = process.argv.slice(2);
const ada = await open(`${url}/`);
const grace = await open(`${url}/legacy`);
const eve = await open(`${url}/`);

async function enter(page, name) {
  await page.fill("#name", name);
  await page.press("#name", "Enter");
  await sees(page, "#me", name);
}

async function make(page, room) {
  await page.fill("#new", room);
  await page.press("#new", "Enter");
  await sees(page, "#room-title", room);
}

async function join(page, room) {
  await page.click(`#rooms button[data-room="${room}"]`);
  await sees(page, "#room-title", room);
}

async function say(page, text) {
  await page.fill("#text:enabled", text);
  await page.press("#text", "Enter");
}

const members = (page) => page.$$eval("#members li", (all) => all.map((e) => e.textContent));
async function has(page, ...names) {
  for (const n of names) await sees(page, "#members li", n);
  await page.waitForFunction((n) => document.querySelectorAll("#members li").length === n, names.length);
  assert.deepEqual(await members(page), names);
}

await step("three come in, one makes a room and all see it", async () => {
  await enter(ada, "Ada");
  await enter(grace, "Grace");
  await enter(eve, "<i>Eve</i>");
  await sees(grace, "#none", "There are none yet.");
  await make(ada, "Tea & cake");
  for (const page of [grace, eve]) await sees(page, "#rooms button", "Tea & cake1");
  await has(ada, "Ada");
});

await step("one joins, and both see who is in", async () => {
  await join(grace, "Tea & cake");
  await has(ada, "Ada", "Grace");
  await has(grace, "Ada", "Grace");
  await sees(ada, "#log li", "Grace came in");
  await sees(eve, "#rooms button", "Tea & cake2");
});

await step("typing is seen by the others, and ends", async () => {
  await grace.type("#text", "Milk");
  await sees(ada, "#typing", "Grace is typing…");
  assert.equal(await grace.textContent("#typing"), "");
  await grace.press("#text", "Enter");
  await sees(ada, "#log li", "Grace Milk");
  await ada.waitForFunction(() => document.querySelector("#typing").textContent === "");
  await ada.type("#text", "Sug");
  await sees(grace, "#typing", "Ada is typing…");
  await ada.fill("#text", "");
  await grace.waitForFunction(() => document.querySelector("#typing").textContent === "");
});

await step("what is said stays in its room", async () => {
  await make(eve, "Elsewhere");
  await say(eve, "nobody hears this");
  await say(ada, "sugar? <b> 🌪");
  await sees(grace, "#log li", "Ada sugar? <b> 🌪");
  await say(grace, "no, thanks");
  await sees(ada, "#log li", "Grace no, thanks");
  await sees(eve, "#log li", "You nobody hears this");
  for (const page of [ada, grace]) assert.ok(!(await page.textContent("#log")).includes("nobody hears"));
  assert.equal(await eve.$$eval("#log li", (all) => all.length), 1);
});

await step("one who moves leaves the old room, which ends when it is empty", async () => {
  await join(eve, "Tea & cake");
  await has(ada, "<i>Eve</i>", "Ada", "Grace");
  await ada.waitForFunction(() => document.querySelectorAll("#rooms li").length === 1);
  await eve.click("#leave");
  await sees(eve, "#room-title", "In no room");
  await sees(ada, "#log li", "<i>Eve</i> left");
  await has(grace, "Ada", "Grace");
  assert.equal(await eve.isDisabled("#text"), true);
});

await step("who closes the page is missed", async () => {
  await join(eve, "Tea & cake");
  await has(ada, "<i>Eve</i>", "Ada", "Grace");
  await eve.close();
  await has(ada, "Ada", "Grace");
});

await step("after a restart both are back in their room", () =>
  withTrouble(async () => {
    driver("@restart");
    await sees(ada, "#banner", /^Connection lost/);
    for (const page of [ada, grace]) {
      await page.waitForSelector("#banner", { state: "hidden" });
      await page.waitForSelector("#text:enabled");
      await has(page, "Ada", "Grace");
    }
    await say(ada, "back");
    await sees(grace, "#log li", "Ada back");
  }));

await done("rooms");
