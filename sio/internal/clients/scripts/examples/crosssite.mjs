import { assert, done, open, sees, step, withTrouble } from "./page.mjs";

const [url] = process.argv.slice(2);
const { port } = new URL(url);

async function choose(page, transport) {
  await page.selectOption("#transport", transport);
}

async function setName(page, name) {
  await page.fill("#name", name);
  await page.press("#name", "Enter");
}

const ada = await open(`${url}/`);
const grace = await open(`${url}/legacy`);

await step("without a cookie both are refused", async () => {
  await sees(ada, "#banner", "Refused: no cookie came along.");
  await sees(grace, "#banner", "Refused: unauthorized.");
  assert.notEqual(await ada.textContent("#page"), await ada.textContent("#server"));
});

await step("the cookie of the page's server is read by the other one", async () => {
  await setName(ada, "Ada & co ünï");
  await setName(grace, "Grace");
  await sees(ada, "#known", "Ada & co ünï");
  await sees(ada, "#origin", url);
  await sees(grace, "#known", "Grace");
  await sees(ada, "#by", "polling"); // it upgrades afterwards
  await sees(grace, "#by", "websocket");
});

for (const [theirs, ours] of [["xhr-polling", "websocket"], ["jsonp-polling", "polling"], ["websocket", "upgrade"]]) {
  await step(`they talk over ${theirs} and ${ours}`, async () => {
    await choose(ada, ours);
    await choose(grace, theirs);
    await sees(grace, "#by", theirs);
    await sees(grace, "#known", "Grace");
    await sees(ada, "#known", "Ada & co ünï");
    await ada.fill("#text:enabled", `from 4.x by ${ours} 🌪`);
    await ada.press("#text", "Enter");
    await sees(grace, "#log li", `Ada & co ünï from 4.x by ${ours} 🌪`);
    await grace.fill("#text:enabled", `from 0.9 by ${theirs}`);
    await grace.press("#text", "Enter");
    await sees(ada, "#log li", `Grace from 0.9 by ${theirs}`);
  });
}

await step("4.x over polling leaves the cookie at home, and is refused", async () => {
  await choose(ada, "polling");
  await sees(ada, "#known", "Ada & co ünï");
  await ada.uncheck("#credentials");
  await sees(ada, "#banner", "Refused: no cookie came along.");
  await ada.check("#credentials");
  await sees(ada, "#known", "Ada & co ünï");
  await ada.waitForSelector("#banner", { state: "hidden" });
});

await step("a page of another origin gets nowhere, over no transport", () =>
  withTrouble(async () => {
    for (const path of ["/?transport=polling", "/?transport=websocket", "/legacy?transport=xhr-polling", "/legacy?transport=jsonp-polling"]) {
      const stranger = await open(`http://localhost:${port}${path}`);
      await setName(stranger, "Mallory");
      await sees(stranger, "#banner", /^Refused/);
      assert.equal(await stranger.textContent("#known"), "–");
      await stranger.close();
    }
  }));

await step("who is forgotten is a stranger again", async () => {
  await ada.click("#forget");
  await sees(ada, "#banner", "Refused: no cookie came along.");
  await setName(ada, "Ada");
  await sees(ada, "#known", "Ada");
});

await done("crosssite");
