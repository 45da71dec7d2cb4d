// The chat example, by real clients from Node:
//
//   node chat.mjs <url> <modern|legacy|version> <transports>
//
// The client under test sits in the room with a witness of the other
// generation; each has to see what the other does.
import { client, isClassic, isModern } from "./client.mjs";
import { assert, driver, finish, step } from "./steps.mjs";

const [url, kind, transports] = process.argv.slice(2);
const generationOf = (kind) => (isModern(kind) ? "4.x" : isClassic(kind) ? "1.x/2.x" : "0.x");
const otherKind = isModern(kind) ? "legacy" : "modern";
const upgrades = transports.includes("polling,websocket");
const finally_ = upgrades ? "websocket" : transports;

const pixel = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const pixelURL = "data:image/png;base64," + pixel.toString("base64");

let me, witness, mine, theirs;

// A picture as each generation sends it, and as it gets it.
function asSent(who, bytes) {
  if (who.kind === "legacy") return bytes.toString("base64");
  // 1.0 is from before Node's buffers were made of ArrayBuffers.
  return who.kind === "1.0.6" ? Object.defineProperty(Buffer.from(bytes), "buffer", { value: undefined }) : bytes;
}
function assertPixel(who, data) {
  if (who.kind !== "legacy") assert.ok(Buffer.from(data).equals(pixel), "the picture's bytes changed");
  else assert.equal(data, pixelURL);
}

await step("connect and enter", async () => {
  witness = client(otherKind, url, "websocket");
  await witness.next("connect");
  [theirs] = await witness.ask("enter", "Witness");
  assert.equal(theirs.name, "Witness");

  me = client(kind, url, transports);
  await me.next("connect");
  [mine] = await me.ask("enter", "  Zoë 🌪  ");
  assert.equal(mine.name, "Zoë 🌪");
  const listed = mine.people.find((p) => p.id === theirs.you);
  assert.deepEqual(listed, { id: theirs.you, name: "Witness", generation: generationOf(otherKind), transport: "websocket" });
});

await step("the other sees who came, with generation and transport", async () => {
  const [person] = await witness.next("joined", (p) => p.id === mine.you);
  assert.equal(person.name, "Zoë 🌪");
  assert.equal(person.generation, generationOf(kind));
  if (!upgrades) assert.equal(person.transport, finally_);
});

if (upgrades) {
  await step("the upgrade is seen by the other", async () => {
    assert.deepEqual(await me.next("upgrade"), ["websocket"]);
    me.emit("moved");
    const [person] = await witness.next("changed", (p) => p.id === mine.you);
    assert.equal(person.transport, "websocket");
  });
}

await step("the transport is the one asked for", () => assert.equal(me.transport(), finally_));

await step("text goes both ways, in order, unharmed", async () => {
  const texts = ["plain", "ünïcödé 日本語 🌪👩‍👩‍👧", "line\nbreak\ttab \u2028 \u2029 \u0000 \ufffd5\ufffd", '"quoted" \\ </script> 5:::{}', " x ".repeat(600)];
  for (const [from, to, id] of [[me, witness, mine.you], [witness, me, theirs.you]]) {
    for (const text of texts) from.emit("say", text);
    for (const text of texts) {
      const [m] = await to.next("said", (m) => m.from === id);
      assert.equal(m.text, text);
      assert.ok(Math.abs(m.at - Date.now()) < 600000);
      const [own] = await from.next("said", (m) => m.from === id);
      assert.equal(own.text, text);
    }
  }
});

await step("typing is told to the other alone", async () => {
  me.emit("typing", true);
  assert.deepEqual(await witness.next("typing"), [{ from: mine.you, on: true }]);
  me.emit("typing", false);
  assert.deepEqual(await witness.next("typing"), [{ from: mine.you, on: false }]);
  assert.deepEqual(me.inbox.take("typing"), []);
});

await step("pictures cross the generations", async () => {
  for (const [from, to, id] of [[me, witness, mine.you], [witness, me, theirs.you]]) {
    const [trouble] = await from.ask("picture", { title: "dot.png", data: asSent(from, pixel) });
    assert.equal(trouble, "");
    for (const who of [from, to]) {
      const [p] = await who.next("picture", (p) => p.from === id);
      assert.equal(p.title, "dot.png");
      assert.equal(p.type, "image/png");
      assertPixel(who, p.data);
    }
  }
});

await step("what is no picture is refused with a word", async () => {
  const [trouble] = await me.ask("picture", { title: "x.svg", data: asSent(me, Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>")) });
  assert.match(trouble, /picture/);
});

await step("leaving is told, and entering again works", async () => {
  await me.idle?.(); // a 0.9 client that leaves while a POST is on its way never says so
  me.close();
  const [person] = await witness.next("left", (p) => p.id === mine.you);
  assert.equal(person.name, "Zoë 🌪");
  me = client(kind, url, transports);
  await me.next("connect");
  [mine] = await me.ask("enter", "Zoë");
  await witness.next("joined", (p) => p.id === mine.you);
  if (upgrades) await me.next("upgrade");
});

for (const request of ["@restart", "@crash"]) {
  await step(`both come back after ${request.slice(1)}`, async () => {
    driver(request);
    await Promise.all([me, witness].map(comeBack));
    [mine] = await me.ask("enter", "Zoë");
    [theirs] = await witness.ask("enter", "Witness");
    assert.deepEqual(theirs.people.map((p) => p.name).sort(), ["Witness", "Zoë"]);
    if (upgrades) await me.next("upgrade");
    assert.equal(me.transport(), finally_);
    for (const [from, to] of [[me, witness], [witness, me]]) {
      from.emit("say", `after ${request}`);
      await to.next("said", (m) => m.text === `after ${request}`);
    }
  });
}

// A client whose server ended the session in good order stays away until it is
// told to return: the page does that, and so does this.
async function comeBack(who) {
  const [reason] = await who.next("disconnect");
  if (reason === "io server disconnect" || reason === "booted") who.open();
  await who.next("connect");
}

finish();
