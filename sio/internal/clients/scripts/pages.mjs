// Both pages of the chat example in one room, in Chromium:
//
//   node pages.mjs <url> <transport of the 4.x page> <transport of the 0.9 page>
//
// An empty transport leaves the choice to the client. With the variable SHOTS
// naming a folder, screenshots are left there.
import path from "node:path";
import { ChatPage, drawing, launch, sizes } from "./browser.mjs";
import { assert, driver, finish, step } from "./steps.mjs";

const [url, modernWants, legacyWants] = process.argv.slice(2);
const addresses = {
  modern: `${url}/${modernWants && `?transport=${modernWants}`}`,
  legacy: `${url}/legacy${legacyWants && `?transport=${legacyWants}`}`,
};
const modernHow = `4.x ${modernWants || "websocket"}`;
const legacyHow = `0.x ${legacyWants || "websocket"}`;

const browser = await launch();
const troubles = [];
let expectTrouble = false; // while the server is away, the browser complains

async function open(size, colorScheme) {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme });
  const page = await context.newPage();
  page.on("pageerror", (err) => troubles.push(String(err)));
  page.on("console", (m) => {
    if (m.type() === "error" && !expectTrouble) troubles.push(m.text());
  });
  return new ChatPage(page);
}

async function shot(chat, name) {
  if (process.env.SHOTS) await chat.page.screenshot({ path: path.join(process.env.SHOTS, `${name}.png`) });
}

const ada = await open("desktop", "light");
const grace = await open("phone", "dark");
// A name is text, whatever is in it.
const adaName = "<b>Ada</b> & co";
const adaRow = (you) => `${adaName}${you}: ${modernHow}`;
const graceRow = (you) => `Grace${you}: ${legacyHow}`;

await step("both enter, and are listed with generation and transport", async () => {
  await ada.page.goto(addresses.modern);
  await shot(ada, "door");
  await ada.enter(addresses.modern, adaName);
  await grace.enter(addresses.legacy, "Grace");
  await ada.sees(".notice", "Grace came in with 0.x");
  await ada.lists(adaRow(" (you)"), graceRow(""));
  await grace.lists(adaRow(""), graceRow(" (you)"));
});

await step("each page says which client it has, and from where", async () => {
  await ada.sees(".title b", "4.8.4");
  await grace.sees(".title b", "0.9.17");
  for (const chat of [ada, grace]) await chat.sees(".foot span", "Client script: installed npm package");
});

await step("text goes both ways", async () => {
  for (const [from, to, text] of [
    [ada, grace, "Good morning <i>from</i> 4.x 👋"],
    [grace, ada, "ünïcödé, 日本語, 🌪 \\ \" & </script>"],
  ]) {
    await from.say(text);
    await to.sees(".bubble", text);
    await from.sees(".mine .bubble", text);
  }
});

await step("typing is shown, and ends", async () => {
  await grace.page.type("#text", "I am wri");
  await ada.sees("#typing", "Grace is typing…");
  await grace.page.fill("#text", "");
  await ada.page.waitForFunction(() => document.querySelector("#typing").textContent === "");
  await ada.page.type("#text", "Me too");
  await grace.sees("#typing", `${adaName} is typing…`);
  await ada.page.press("#text", "Enter");
  await grace.page.waitForFunction(() => document.querySelector("#typing").textContent === "");
});

await step("pictures go both ways, each in its receiver's form", async () => {
  const png = await drawing(ada.page);
  await ada.show("from-ada.png", png);
  await grace.seesPicture(0, "from-ada.png, came as a data URL");
  await ada.seesPicture(0, "from-ada.png, sent as binary");
  await grace.show("from-grace.png", png);
  await ada.seesPicture(1, "from-grace.png, came as binary");
  await grace.seesPicture(1, "from-grace.png, sent as a data URL");
});

await step("nothing is wider than the window, at either size", async () => {
  for (const chat of [ada, grace]) {
    for (const [name, size] of Object.entries(sizes)) {
      await chat.page.setViewportSize(size);
      const wide = await chat.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${wide} pixels too wide at ${name}`);
      for (const scheme of ["light", "dark"]) {
        await chat.page.emulateMedia({ colorScheme: scheme });
        await shot(chat, `${chat === ada ? "modern" : "legacy"}-${name}-${scheme}`);
      }
    }
  }
});

for (const request of ["@restart", "@crash"]) {
  await step(`both show the break and come back after ${request.slice(1)}`, async () => {
    expectTrouble = true;
    // The banner is gone again as soon as they are back: noted when it shows.
    for (const chat of [ada, grace]) {
      await chat.page.evaluate(() => {
        const banner = document.getElementById("banner");
        window.sawBreak = false;
        new MutationObserver(() => {
          if (!banner.hidden && banner.textContent.startsWith("Connection lost")) window.sawBreak = true;
        }).observe(banner, { attributes: true, childList: true });
      });
    }
    const before = await Promise.all([ada, grace].map(returns));
    driver(request);
    await Promise.all([ada, grace].map((chat, i) => chat.page.waitForFunction((n) => window.sawBreak && Array.from(document.querySelectorAll(".notice")).filter((e) => e.textContent.startsWith("Connected again")).length > n, before[i])));
    expectTrouble = false;
    for (const chat of [ada, grace]) {
      await chat.inside();
      assert.equal(await chat.page.isVisible("#banner"), false);
    }
    await ada.lists(adaRow(" (you)"), graceRow(""));
    await grace.lists(adaRow(""), graceRow(" (you)"));
    await ada.say(`still Ada after ${request}`);
    await grace.sees(".bubble", `still Ada after ${request}`);
    await grace.say(`still Grace after ${request}`);
    await ada.sees(".bubble", `still Grace after ${request}`);
  });
}

function returns(chat) {
  return chat.page.evaluate(() => Array.from(document.querySelectorAll(".notice")).filter((e) => e.textContent.startsWith("Connected again")).length);
}

await step("leaving is shown", async () => {
  // Not the 0.9 page: over polling that client is missed only after a while.
  await ada.page.close();
  await grace.sees(".notice", `${adaName} left`);
  await grace.lists(graceRow(" (you)"));
});

await step("no error in any page", () => assert.deepEqual(troubles, []));

await browser.close();
finish();
