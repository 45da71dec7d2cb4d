// Writes vectors-stream.json: what engine.io-parser 5.2.3 makes of the bytes of
// a WebTransport stream.
//   npm install engine.io-parser@5.2.3 && node vectors-stream.js > vectors-stream.json
const { createPacketDecoderStream, createPacketEncoderStream } = require("engine.io-parser");
const fs = require("fs");

const max = 70000;
const hex = (b) => Buffer.from(b).toString("hex");
const fill = (n, c) => Buffer.alloc(n, c);
const head = (s) => Buffer.from(s, "hex");
const streams = [
  "0130", "0c307b22736964223a2261227d", "0132", "063270726f6265", "0135", "0136", "0131", "05346869c3a9", "0134", "8101", "83010203", "82ff00",
  "01320133", "0534616263648101", "7e000434616263", "fe0003010203", "7f000000000000000134", "ff00000000000000020a0b", "7e0134",
  // not whole
  "05", "0534", "7e", "7e00", "7f00000000000000", "fe01", "",
  // not to be read
  "00", "80", "7e0000", "fe0000", "7f0000000000000000", "7f0000000000011171", "ff0000000000011171", "7f0020000000000000", "7fffffffffffffffff", "0137", "0161", "0120", "0d",
].map(head).concat([
  Buffer.concat([head("7d34"), fill(124, "a")]), Buffer.concat([head("7e007e34"), fill(125, "a")]), Buffer.concat([head("7effff34"), fill(65534, "a")]),
  Buffer.concat([head("7f000000000001000034"), fill(65535, "a")]), Buffer.concat([head("7f000000000001117034"), fill(max - 1, "a")]), Buffer.concat([head("ff0000000000011170"), fill(max, 7)]),
]);
const packets = [
  { type: "open" }, { type: "open", data: '{"sid":"a"}' }, { type: "ping" }, { type: "ping", data: "probe" }, { type: "pong" }, { type: "upgrade" }, { type: "message", data: "" },
  { type: "message", data: "hé😀" }, { type: "message", data: Buffer.from([1, 2, 3]) }, { type: "message", data: "a".repeat(124) }, { type: "message", data: "a".repeat(125) },
  { type: "message", data: "a".repeat(65534) }, { type: "message", data: "a".repeat(65535) }, { type: "message", data: fill(125, 7) }, { type: "message", data: fill(126, 7) },
  { type: "message", data: fill(65535, 7) }, { type: "message", data: fill(65536, 7) },
];
const plain = (p) => p.data === undefined ? { type: p.type } : typeof p.data === "string" ? { type: p.type, data: p.data } : { type: p.type, hex: hex(p.data) };

async function decode(bytes) {
  const stream = createPacketDecoderStream(max, "nodebuffer");
  const writer = stream.writable.getWriter(), reader = stream.readable.getReader();
  const got = [];
  const reading = (async () => { for (;;) { const { done, value } = await reader.read(); if (done) return; got.push(plain(value)); if (value.type === "error") return; } })();
  writer.write(bytes).catch(() => {});
  writer.close().catch(() => {});
  await reading;
  return got;
}
async function encode(packet) {
  const stream = createPacketEncoderStream();
  const writer = stream.writable.getWriter(), reader = stream.readable.getReader();
  writer.write(packet);
  const head = (await reader.read()).value, body = (await reader.read()).value;
  return hex(head) + hex(body);
}
// A run of 16 equal bytes or more is shortened: "a*65534" in the midst.
const short = (s) => s.replace(/((?:[0-9a-f]{2}))\1{15,}/g, (run, byte) => `(${byte}*${run.length / 2})`);
const shorter = (p) => ({ ...p, ...(p.data === undefined ? {} : { data: p.data.replace(/a{16,}/g, (run) => `(a*${run.length})`) }), ...(p.hex === undefined ? {} : { hex: short(p.hex) }) });

(async () => {
  const version = JSON.parse(fs.readFileSync(require.resolve("engine.io-parser").replace(/build.*/, "package.json"))).version;
  const lines = (list) => "[\n  " + list.map((v) => JSON.stringify(v)).join(",\n  ") + "\n ]";
  const decoded = [], encoded = [];
  for (const s of streams) decoded.push({ stream: short(hex(s)), packets: (await decode(s)).map(shorter) });
  for (const p of packets) encoded.push({ packet: shorter(plain(p)), stream: short(await encode(p)) });
  process.stdout.write(`{
 "note": "engine.io-parser ${version}; written by vectors-stream.js. hex: binary data; (x*n): n times x.",
 "max": ${max},
 "decode": ${lines(decoded)},
 "encode": ${lines(encoded)}
}
`);
})();
