// Writes vectors-eio4.json: what engine.io-parser 5.2.3 makes of polling bodies.
//   npm install engine.io-parser@5.2.3 && node vectors-eio4.js > vectors-eio4.json
const { decodePayload, encodePayload } = require("engine.io-parser");
const fs = require("fs");

const S = "\u001e";
const bodies = [
  "40", '40{"sid":"a"}', '0{"sid":"a","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}', "1", "2", "2probe", "3", "3probe", "4", "4hello", '42["a"]', "5", "6",
  "4a" + S + "4b", "4a" + S + "2" + S + "6", "4€" + S + "4😀", "bAQID", "bAQIDBA==", "bAQIDBA", "b", "b////", "b+/+/", "4a" + S + "bAQID" + S + "4b", "bAQID" + S + "bBAUG",
  '451-["a",{"_placeholder":true,"num":0}]' + S + "bAQID", "4a\nb", "4\u0000", "4b" + S + "4",
  // malformed
  "", S, "4a" + S, S + "4a", "4a" + S + S + "4b", "7", "9", "a", "x", " 4a", "-", "4a" + S + "z" + S + "4b", "c4a", "\ufeff4a", "٤", "44:abcd2:ab",
  // base64 that the reference reads somehow
  "bA", "bAQ", "bAQI=", "bAQ=", "bAQI", "b=", "bAQID=", "b-_-_", "bA Q I D", "b!!!!", "bAQID\n", "bAQIDB", "bé",
];
const B = (hex) => Buffer.from(hex, "hex");
const lists = [
  [{ type: "message", data: "a" }], [{ type: "message", data: "a" }, { type: "message", data: "b" }], [{ type: "noop" }], [{ type: "close" }], [{ type: "ping" }, { type: "message", data: '2["é😀"]' }],
  [{ type: "pong", data: "probe" }], [{ type: "message", data: B("01020304") }], [{ type: "message", data: "a" }, { type: "message", data: B("") }, { type: "message", data: B("fffefd") }], [{ type: "open", data: "{}" }],
  [{ type: "upgrade" }], [{ type: "message", data: "" }],
];
const plain = (p) => p.data === undefined ? { type: p.type } : Buffer.isBuffer(p.data) ? { type: p.type, hex: p.data.toString("hex") } : { type: p.type, data: p.data };
const encode = (l) => { let s; encodePayload(l, (x) => { s = x; }); return s; };
const version = JSON.parse(fs.readFileSync(require.resolve("engine.io-parser").replace(/build.*/, "package.json"))).version;
const lines = (list) => "[\n  " + list.map((v) => JSON.stringify(v)).join(",\n  ") + "\n ]";
process.stdout.write(`{
 "note": "engine.io-parser ${version}; written by vectors-eio4.js. hex: binary data.",
 "decode": ${lines(bodies.map((body) => ({ body, packets: decodePayload(body, "nodebuffer").map(plain) })))},
 "encode": ${lines(lists.map((l) => ({ packets: l.map(plain), body: encode(l) })))}
}
`);
