// The clients in Node:
//
//   node node.mjs <url> <version>/<transport> ...
import { createRequire } from "node:module";
import { Jobs } from "./jobs.mjs";
import { run } from "./steps.mjs";

const [url, ...names] = process.argv.slice(2);
const require = createRequire(new URL("../../../../../examples/package.json", import.meta.url));
const jobs = new Jobs();

process.on("uncaughtException", (err) => console.log(`${names[0]} uncaught: ${err.stack ?? err}`));
await jobs.run(names, async (name) => {
  const [version, transport] = name.split("/");
  // websocket-client 1.0.0 says nothing of a connection that ends without a
  // closing handshake. 0.7 gives it up when it has been silent for long enough,
  // 0.8 never does.
  const neverNotices = transport === "websocket" && version === "0.8";
  const io = require(`socket.io-client-${version}`);
  await run({ io, url, version, transport, neverNotices, name: `node-${name.replace("/", "-")}`, page: "", passed: (step) => jobs.say(name, `passed ${step}`), leftOut: (step) => jobs.say(name, `left out ${step}`), restart: (how) => jobs.restart(how) });
});
console.log("finished");
process.exit(0);
