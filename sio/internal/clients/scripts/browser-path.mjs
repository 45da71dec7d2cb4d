// Prints the path of a Chromium that starts, or fails.
//
// Ubuntu's chromium-browser may be a script that only asks for a snap, so each
// candidate has to tell its version before it is believed.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

export function browserPath() {
  const names = [process.env.CHROMIUM, "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", chromium.executablePath()];
  for (const file of names.filter(Boolean).map(onPath).filter(Boolean)) {
    try {
      const says = execFileSync(file, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 20000 });
      if (/chrom/i.test(says)) return file;
    } catch {
      // not a browser: the next one
    }
  }
  throw new Error("no Chromium found: run 'make clients', or name one in the variable CHROMIUM");
}

function onPath(name) {
  if (path.isAbsolute(name)) return existsSync(name) && name;
  const dirs = (process.env.PATH ?? "").split(path.delimiter);
  return dirs.map((dir) => path.join(dir, name)).find((file) => existsSync(file));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) console.log(browserPath());
