// A headless Chromium that leaves the network beyond this machine alone.
import { chromium } from "playwright-core";
import { browserPath } from "./browser-path.mjs";

export function launch({ quic = false } = {}) {
  return chromium.launch({
    executablePath: browserPath(),
    headless: true,
    args: [
      "--no-sandbox", // it may run as root
      "--disable-gpu",
      ...(quic ? [] : ["--disable-quic"]),
      "--disable-dev-shm-usage",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export const sizes = { desktop: { width: 1100, height: 720 }, phone: { width: 390, height: 780 } };

// A PNG of 360 by 200, drawn by the page's browser.
export async function drawing(page) {
  const url = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    canvas.width = 360;
    canvas.height = 200;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#14343b";
    pen.fillRect(0, 0, 360, 200);
    pen.lineCap = "round";
    pen.lineWidth = 14;
    [[60, 300, 45, "#5eead4"], [95, 270, 85, "#7dd3c8"], [150, 250, 125, "#fbbf77"], [180, 225, 162, "#f59e0b"]].forEach(([from, to, y, colour]) => {
      pen.strokeStyle = colour;
      pen.beginPath();
      pen.moveTo(from, y);
      pen.quadraticCurveTo((from + to) / 2, y + 14, to, y);
      pen.stroke();
    });
    return canvas.toDataURL("image/png");
  });
  return Buffer.from(url.split(",")[1], "base64");
}

// One of the example's two pages, as a person uses it.
export class ChatPage {
  constructor(page) {
    this.page = page;
  }

  async enter(url, name) {
    await this.page.goto(url);
    await this.page.fill("#name", name);
    await this.page.press("#name", "Enter");
    await this.inside();
  }

  inside() {
    return this.page.waitForSelector("#text:enabled");
  }

  async say(text) {
    await this.page.fill("#text", text);
    await this.page.press("#text", "Enter");
  }

  show(title, buffer) {
    return this.page.setInputFiles("#file", { name: title, mimeType: "image/png", buffer });
  }

  // Waits for a text in the last bubble, a notice, or another element.
  sees(selector, text) {
    return this.page.waitForFunction(([s, t]) => Array.from(document.querySelectorAll(s)).some((e) => e.textContent === t && e.checkVisibility()), [selector, text]);
  }

  // Waits for who is listed: "name: generation transport", sorted.
  async lists(...rows) {
    const read = () =>
      Array.from(document.querySelectorAll("#people li"), (li) => `${li.querySelector(".name").textContent}: ${li.querySelector(".how").textContent}`)
        .sort()
        .join("\n");
    const want = rows.sort().join("\n");
    try {
      // The page's policy forbids to make functions of text, so this is read's body again.
      await this.page.waitForFunction(
        (w) =>
          Array.from(document.querySelectorAll("#people li"), (li) => `${li.querySelector(".name").textContent}: ${li.querySelector(".how").textContent}`)
            .sort()
            .join("\n") === w,
        want,
      );
    } catch (err) {
      throw new Error(`listed:\n${await this.page.evaluate(read)}\nwanted:\n${want}\n${err.message}`);
    }
  }

  // Waits for the nth picture to be drawn, and for the line under it.
  async seesPicture(n, line) {
    await this.page.waitForFunction(
      ([at, under]) => {
        const entry = document.querySelectorAll(".picture")[at]?.parentElement;
        return entry?.querySelector("img").naturalWidth === 360 && entry.querySelector(".carried").textContent === under;
      },
      [n, line],
    );
  }
}
