// The frame of every script: named steps, each told when it has passed, and an
// exit that does not wait for a client's timers.
import assert from "node:assert/strict";

export { assert };

export async function step(name, f) {
  try {
    await f();
  } catch (err) {
    console.error(`FAILED ${name}\n${err.stack}`);
    process.exit(1);
  }
  console.log(`passed ${name}`);
}

// Asks the driver for something only it can do: "@restart" ends the server in
// good order and starts it again on the same port, "@crash" kills it first.
export function driver(request) {
  console.log(request);
}

export function finish() {
  console.log("finished");
  process.exit(0);
}

process.on("unhandledRejection", (err) => {
  console.error(`FAILED by a rejection nobody handled\n${err.stack ?? err}`);
  process.exit(1);
});
