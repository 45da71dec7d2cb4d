// Clients of many kinds in one room:
//
//   node room.mjs <url> <JSON list of [kind, transports]>
//
// Each enters, gets its words, says them all when the room is full, and tells
// the server what it has heard of everyone.
import { client } from "./client.mjs";
import { assert, finish, step } from "./steps.mjs";

const [url, kinds] = process.argv.slice(2);

async function visit([kind, transports]) {
  const me = client(kind, url, transports);
  await me.next("connect");
  const [mine] = await me.ask("enter", `${kind} ${transports}`);
  me.emit("ready");
  const [total] = await me.next("begin");
  for (const [n, word] of mine.entries()) {
    if (n % 2 === 0) me.emit("say", n, word);
    else if (kind === "legacy") me.emit("say", n, `base64:${word}`);
    else me.emit("show", n, bytes(kind, word));
  }
  const heard = [];
  while (heard.length < total) {
    const [who, n, word] = await me.next("said");
    heard.push([who, n, typeof word === "string" ? word : `binary:${Buffer.from(word).toString("base64")}`]);
  }
  assert.deepEqual(await me.ask("heard", heard), [true]);
  assert.deepEqual(me.inbox.take("said"), []);
  return me;
}

function bytes(kind, base64) {
  const b = Buffer.from(base64, "base64");
  // 1.0 is from before Node's buffers were made of ArrayBuffers.
  return kind === "1.0.6" ? Object.defineProperty(b, "buffer", { value: undefined }) : b;
}

await step("everyone is heard by everyone", async () => {
  const all = await Promise.all(JSON.parse(kinds).map(visit));
  for (const me of all) me.close();
});

finish();
