// Connection state recovery, by the real client:
//
//   node recovery.mjs <url>
import { io } from "socket.io-client";
import { within } from "./client.mjs";
import { assert, finish, step } from "./steps.mjs";

const url = process.argv[2];
const ask = (s, ...args) => within(args[0], (resolve) => s.emit(...args, resolve));
const once = (s, event) => within(event, (resolve) => s.once(event, resolve));
const until = (what, cond) =>
  within(what, (resolve) => {
    const timer = setInterval(() => cond() && (clearInterval(timer), resolve()), 5);
  });

const publisher = io(url, { transports: ["websocket"], forceNew: true });

for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
  await step(`what was missed comes back over ${transports}`, async () => {
    const s = io(url, { transports, forceNew: true, reconnectionDelay: 100, reconnectionDelayMax: 100, randomizationFactor: 0 });
    const got = [];
    let picture;
    s.on("news", (n) => got.push(n));
    s.on("picture", (b) => (picture = b));
    await once(s, "connect");
    assert.equal(s.recovered, false);
    const id = s.id;
    const room = `room of ${transports}`;
    await ask(s, "join", room);
    let n = 0;
    for (let round = 0; round < 6; round++) {
      publisher.emit("publish", room, n++);
      await until("the news", () => got.length === n);
      picture = undefined;
      const gone = once(s, "disconnect");
      s.io.engine.close(); // the connection breaks
      await gone;
      for (let i = 0; i < 20; i++) publisher.emit("publish", room, n++);
      publisher.emit("picture", room, Buffer.from([1, 2, 3]));
      publisher.emit("publish", "another room", -1);
      await once(s, "connect");
      assert.equal(s.recovered, true);
      assert.equal(s.id, id);
      await until("what was missed", () => got.length === n && picture);
      assert.deepEqual([...picture], [1, 2, 3]);
      assert.deepEqual(got, Array.from({ length: n }, (_, i) => i));
      assert.deepEqual(await ask(s, "who", 1), [true, [room], `data of ${room}`]);
    }
    s.emit("leave me");
    await once(s, "disconnect");
    s.connect();
    await once(s, "connect");
    assert.equal(s.recovered, false);
    assert.notEqual(s.id, id);
    s.close();
  });
}

publisher.close();
finish();
