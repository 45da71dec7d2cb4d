// Writes vectors-eio3.json: what engine.io-parser 1.3.2 (clients 1.x) and 2.2.1
// (clients 2.x) make of polling bodies, and how they write them.
//   npm install p1@npm:engine.io-parser@1.3.2 p2@npm:engine.io-parser@2.2.1 && node vectors-eio3.js > vectors-eio3.json
// Texts are bodies as they are; hex are bodies of bytes.
const parsers = { 1: require("p1"), 2: require("p2") };

const bodies = [
  "2:40", "1:1", "1:2", "6:2probe", "0:", "0:1:6", "1:60:", "5:4abcd2:4e", "3:4€a", "3:4😀", "2:4😀", "4:4😀4", '9:42["é😀"]', '8:42["a\n"]',
  "6:b4AQID", "10:b4AQIDBA==", "2:b4", "6:b4AQID2:4a", "96:0" + "{".padEnd(95, "x") + "2:40", "05:4abcd", "3:4:3",
  // malformed
  "", ":", ":4a", "4a", "2", "2:", "2:4", "2:4a1", "2:4a:", "3:4a", "x:4a", "-1:4a", "1.5:4a", "1:7", "1:9", "1:x", "2:4a1:7", "2:4a5:4a", "99999999999:4a",
];
const text = (s) => Buffer.from([0, ...String(Buffer.byteLength(s))].map(Number).concat(255, ...Buffer.from(s)));
const bin = (...b) => Buffer.from([1, ...String(b.length)].map(Number).concat(255, ...b));
const buffers = [
  text("40"), text("42[\"é😀\"]"), bin(4, 1, 2, 3), bin(4), Buffer.concat([text('451-["a"]'), bin(4, 255, 0, 1), text("2")]), text("x".padStart(1200, "4")), text("b4AQID"), bin(2, 1),
];
const B = (hex) => Buffer.from(hex, "hex");
const lists = [
  [], [["message", "a"]], [["message", "a"], ["ping"], ["message", "b"]], [["noop"]], [["message", '2["é"]']], [["message", '2["😀€"]']], [["message", '2["Ã©"]']],
  [["message", B("01020304")]], [["message", '51-["é"]'], ["message", B("fffe")]], [["close"]],
];
const plain = (p) => (p.data === undefined ? { type: p.type } : Buffer.isBuffer(p.data) ? { type: p.type, hex: p.data.toString("hex") } : { type: p.type, data: p.data });
const decode = (v, body) => {
  const out = [];
  parsers[v].decodePayload(body, "nodebuffer", (p) => void out.push(plain(p)));
  return out;
};
const encode = (v, list, binary) => {
  let got;
  parsers[v].encodePayload(list.map(([type, data]) => ({ type, data })), binary, (x) => { got = x; });
  return typeof got === "string" ? { text: got } : { hex: got.toString("hex") };
};
const lines = (list) => "[\n  " + list.map((v) => JSON.stringify(v)).join(",\n  ") + "\n ]";
process.stdout.write(`{
 "note": "engine.io-parser 1.3.2 and 2.2.1; written by vectors-eio3.js.",
 "decode": ${lines(bodies.map((text) => ({ text, v2: decode(2, text) })))},
 "binary": ${lines(buffers.map((b) => ({ hex: b.toString("hex"), v1: decode(1, b), v2: decode(2, b) })))},
 "encode": ${lines(lists.flatMap((l) => [1, 2].flatMap((v) => [false, true].map((b) => ({ version: v, packets: l.map(([type, data]) => plain({ type, data })), ...encode(v, l, b) })))))}
}
`);
