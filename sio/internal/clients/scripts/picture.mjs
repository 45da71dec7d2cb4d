// Takes the README's picture: both pages in one room, side by side.
//
//   node picture.mjs <path of the chat program> <path of the picture>
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ChatPage, drawing, launch } from "./browser.mjs";

const [program, target] = process.argv.slice(2);
const server = spawn(program, ["-addr", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
const browser = await launch();
try {
  await take(await printedAddress());
} finally {
  await browser.close();
  server.kill("SIGTERM");
}

async function printedAddress() {
  for await (const line of createInterface({ input: server.stdout })) {
    const found = /http:\/\/[^\s/]+/.exec(line);
    if (found) return found[0];
  }
  throw new Error("the server printed no address");
}

async function open(colorScheme) {
  const context = await browser.newContext({ viewport: { width: 620, height: 640 }, colorScheme });
  return new ChatPage(await context.newPage());
}

async function take(url) {
  const ada = await open("light");
  const grace = await open("dark");
  await ada.enter(`${url}/`, "Ada");
  await grace.enter(`${url}/legacy`, "Grace");
  await ada.sees(".how", "4.x websocket");
  await ada.sees(".how", "0.x websocket");
  await talk(ada, grace, "Good morning! This is Socket.IO 4.8 👋");
  await talk(grace, ada, "And this is 0.9, from 2014. I hear you well.");
  await talk(ada, grace, "What is the weather like back there?");
  await grace.show("weather.png", await drawing(grace.page));
  await ada.seesPicture(0, "weather.png, came as binary");
  await grace.seesPicture(0, "weather.png, sent as a data URL");
  await ada.page.type("#text", "Windy, then.");
  await grace.sees("#typing", "Ada is typing…");
  await compose([await ada.page.screenshot({ animations: "disabled" }), await grace.page.screenshot({ animations: "disabled" })]);
}

async function talk(from, to, text) {
  await from.say(text);
  await to.sees(".bubble", text);
}

async function compose(shots) {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 664 } })).newPage();
  const images = shots.map((png) => `<img src="data:image/png;base64,${png.toString("base64")}">`).join("");
  await page.setContent(`<style>body{margin:0;display:flex;gap:16px;padding:12px;background:#8f9a9b}img{border-radius:10px}</style>${images}`);
  await page.screenshot({ path: target });
}
