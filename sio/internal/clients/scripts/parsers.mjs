// What the npm parsers make of packets, one JSON object a line:
//
//   in   {"parser": "default" | "msgpack", "frames": ["text", {"bin": "base64"}, ...]}
//   out  {"ok": true, "type": .., "nsp": .., "id": .., "data": .., "again": [frames]}
//        {"ok": true, "waits": true}     more attachments are due
//        {"ok": false, "why": ".."}
//
// In data a binary value is {"$bin": "base64"}. again is the packet encoded by
// the same package.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const parsers = { default: require("socket.io-parser"), msgpack: require("socket.io-msgpack-parser") };

const isBinary = (v) => v instanceof ArrayBuffer || ArrayBuffer.isView(v);
const base64 = (v) => (v instanceof ArrayBuffer ? Buffer.from(v) : Buffer.from(v.buffer, v.byteOffset, v.byteLength)).toString("base64");

// JSON.stringify asks a Buffer's toJSON before its replacer.
function plain(v) {
  if (isBinary(v)) return { $bin: base64(v) };
  if (Array.isArray(v)) return v.map(plain);
  if (v && typeof v === "object" && !(v instanceof Date)) {
    return Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)]));
  }
  return v;
}

function answer({ parser, frames }) {
  const { Decoder, Encoder } = parsers[parser];
  const decoder = new Decoder();
  let packet;
  decoder.on("decoded", (p) => (packet = p));
  try {
    for (const f of frames) decoder.add(typeof f === "string" ? f : Buffer.from(f.bin, "base64"));
  } catch (err) {
    return { ok: false, why: err.message };
  }
  if (!packet) return { ok: true, waits: true };
  const { type, nsp, id, data } = packet;
  const out = { ok: true, type, nsp, id, data: plain(data) };
  const again = new Encoder().encode({ ...packet, attachments: undefined });
  return { ...out, again: again.map((f) => (isBinary(f) ? { bin: base64(f) } : f)) };
}

createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
});
