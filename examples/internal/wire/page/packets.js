"use strict";

// packets(generation, data) cuts what went over the wire into packets and names
// them: [{name, text}]. data is a string or an ArrayBuffer. This is for showing
// only: the client has its own code for it.
// eslint-disable-next-line no-unused-vars
const packets = (() => {
  const revision1 = ["disconnect", "connect", "heartbeat", "message", "json", "event", "ack", "error", "noop"];
  const engine = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
  const socket = ["connect", "disconnect", "event", "ack", "error", "binary event", "binary ack"];

  const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join(" ");
  const utf8 = (bytes) => new TextDecoder().decode(bytes);

  // A handshake's answer is no packet: id:heartbeat:close:transports.
  const of1 = (text) => ({ name: text[1] === ":" && revision1[text[0]] || "handshake", text });

  function ofEngine(text) {
    if (text[0] === "b") return { name: "binary", text };
    if (text[0] === "4" && socket[text[1]]) return { name: socket[text[1]], text };
    return { name: engine[text[0]] || "?", text };
  }

  // Several packets in one body; each generation has its own way.

  function split1(text) { // U+FFFD length U+FFFD packet, again and again
    if (text[0] !== "\ufffd") return [of1(text)];
    return splitCounted(text.slice(1), "\ufffd", 1).map(of1);
  }

  function split3(text) { // length ":" packet, again and again
    return splitCounted(text, ":", 0).map(ofEngine);
  }

  function splitCounted(text, mark, between) {
    const all = [];
    while (text) {
      const at = text.indexOf(mark);
      const end = at + 1 + Number(text.slice(0, at));
      if (at < 1 || !(end > at)) return [...all, text];
      all.push(text.slice(at + 1, end));
      text = text.slice(end + between);
    }
    return all;
  }

  // Revision 3 in bytes: 0 for text or 1 for binary, the digits of the length as
  // bytes, 255, the packet.
  function split3Bytes(bytes) {
    const all = [];
    for (let i = 0; i < bytes.length;) {
      const mark = bytes.indexOf(255, i);
      if (mark < 0) return [...all, { name: "?", text: hex(bytes.subarray(i)) }];
      const isText = bytes[i] === 0;
      const end = mark + 1 + Number(Array.from(bytes.subarray(i + 1, mark)).join(""));
      const body = bytes.subarray(mark + 1, end);
      all.push(isText ? ofEngine(utf8(body)) : { name: "binary", text: hex(body) });
      i = end;
    }
    return all;
  }

  return (generation, data, isFrame) => {
    if (typeof data !== "string") {
      const bytes = new Uint8Array(data);
      return generation === "1.x/2.x" && !isFrame ? split3Bytes(bytes) : [{ name: "binary", text: hex(bytes) }];
    }
    if (!data) return [];
    if (generation === "0.x") return split1(data);
    if (isFrame) return [ofEngine(data)];
    return generation === "4.x" ? data.split("\x1e").map(ofEngine) : split3(data);
  };
})();
