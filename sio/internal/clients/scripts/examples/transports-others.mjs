// The page of the example transports with clients that it does not offer, in
// the place of those that it does.
import { readFileSync } from "node:fs";
import { done, open, sees, step } from "./page.mjs";

const [url] = process.argv.slice(2);
const others = {
  "1.0.6": { as: "1.7.4", file: "socket.io-client-1.0.6/socket.io.js", generation: "1.x/2.x" },
  "4.0.0": { as: "3.1.3", file: "socket.io-client-4.0.0/dist/socket.io.js", generation: "4.x" },
};
// What could be taken for another text by who undoes UTF-8 once too often, or
// too seldom.
const text = "é ünï 🌪 Ã©x z";

for (const [version, { as, file, generation }] of Object.entries(others)) {
  const body = readFileSync(`node_modules/${file}`, "utf8");
  for (const transport of ["upgrade", "websocket", "polling", "polling-jsonp"]) {
    await step(`${version} over ${transport}`, async () => {
      const page = await open(`${url}/${as}/${transport}`, {}, (p) =>
        p.route(`**/site/client/${as}.js`, (route) => route.fulfill({ body, contentType: "text/javascript; charset=utf-8" })));
      const over = { upgrade: "websocket", "polling-jsonp": "polling" }[transport] ?? transport;
      await sees(page, "#seen", `${generation} over ${over}`);
      await page.fill("#text:enabled", text);
      await page.press("#text", "Enter");
      await sees(page, "#log li", new RegExp(`^"${text}" came over ${over}`));
      await page.click("#binary");
      await sees(page, "#log li", /^bytes came back reversed: aa 8c 9f f0 03 02 01 00/);
      await page.close();
    });
  }
}

await done("transports-others");
