import { done, driver, open, sees, step, withTrouble } from "./page.mjs";

const [url] = process.argv.slice(2);
const ada = await open(`${url}/?name=ada`);
const grace = await open(`${url}/?name=grace`);

async function say(page, text) {
  await page.fill("#text", text);
  await page.press("#text", "Enter");
}

await step("each is told of the other, and of texts", async () => {
  await sees(ada, "#log li:last-child", "grace has come, 2 here");
  await say(ada, 'from "ada" 🌪');
  await sees(grace, "#log li:last-child", 'ada: from "ada" 🌪');
  await say(grace, "<b>x</b>");
  await sees(ada, "#log li:last-child", "grace: <b>x</b>");
});

await step("who goes is missed", async () => {
  await grace.close();
  await sees(ada, "#log li:last-child", "grace has left (transport close), 1 here");
});

await step("after a restart it goes on", () =>
  withTrouble(async () => {
    driver("@restart");
    await sees(ada, "#log li:last-child", "ada has come, 1 here");
    await say(ada, "again");
    await sees(ada, "#log li:last-child", "ada: again");
  }));

await done("engine");
