// Writes vectors-rev5.json: what socket.io-parser 4.2.6 makes of packets.
//   npm install socket.io-parser@4.2.6 && node vectors-rev5.js > vectors-rev5.json
const { Encoder, Decoder } = require("socket.io-parser");
const fs = require("fs");

const inputs = [
  // every type, as clients and servers write them
  "0", '0{"sid":"oSO0OpakMV_3jnilAAAA"}', '0{"token":"123"}', "0/admin,", "0/admin", '0/admin,{"a":1}',
  '0{"pid":"p","offset":"o"}', "1", "1/admin,", "1/admin", '2["hello"]', '2["hello",1,"2",[3],{"four":null},true]',
  '2/admin,["hello"]', '212["hello"]', '2/admin,456["project:delete",123]', "3[]", "30[]", '312["a"]',
  '3/admin,456["ok",{"a":[1]}]', '4{"message":"Not authorized"}', '4/admin,{"message":"x","data":{"code":1}}',
  '4"Not authorized"', '4/admin,"x"',
  '51-["baz",{"_placeholder":true,"num":0}]', '52-/admin,["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]',
  '51-/admin,23["baz",{"_placeholder":true,"num":0}]', '61-15["bar",{"_placeholder":true,"num":0}]',
  '61-/admin,1[{"_placeholder":true,"num":0}]', '50-["no attachment"]', "60-1[]",
  '510-["ten"]', '511-["eleven"]', '510000-["many"]', '501-["leading zero"]',
  // names and namespaces
  '2[5]', '2[-1.5e3,"x"]', '2[""]', '2["a\\"b\\\\c\\u00e9\\n"]', '2["\\ud83d\\ude00","\\ud83d"]', '2["😀é"]',
  '2/,["slash"]', '2/a/b?c=d&e=f,["query"]', '2/é😀,["wide"]', '2//,["x"]', '2/no-comma["x"]', "2/admin,", "0/,", "0/",
  '2admin,["x"]', '2,["x"]', '0/a,/b,{}',
  // white space
  '2["a" , 1 ,\t2\n]', '2["a"] ', '2["a"]\r\n', '2[ "a" ]', '2[\n]', '2 ["a"]', '21 ["a"]', '2\n["a"]', ' 2["a"]', '2["a",1 ]',
  '0 {"a":1}', '0{"a":1} ', '2\u00a0["a"]', '2\ufeff["a"]', '2["a"]\u00a0',
  // ids
  '20["a"]', '2007["a"]', '29007199254740991["a"]', '29007199254740993["a"]', '218446744073709551615["a"]',
  '218446744073709551616["a"]', '299999999999999999999999["a"]', '2-1["a"]', '2+1["a"]', '21.5["a"]', '21e3["a"]', '2a["a"]', '2[1',
  '05{"a":1}', "17", '3["no id"]', "31", "3", "2", "25",
  // types
  "", " ", "7", '7["a"]', "8", "9", "a", '"', "-1", "[", '{"a":1}', "\u0000", "٣", "10", "0x",
  // payloads of the wrong shape
  "0[]", '0"a"', "0null", "0true", "01", "0{", "0{}", "0{}{}", "1{}", "1[]", '1"a"', "1 ", "1/admin,[]",
  "2[]", "2{}", '2"a"', "2null", "2[null]", '2[{"a":1}]', '2[["a"]]', "2[true]", '2["a"', '2["a",]', '2["a",1]]', "2[,]", "2]", "2[\"a\nb\"]",
  '2["a"]x', '2["a"]["b"]', '2["a",01]', '2["a",1.]', '2["a",.5]', '2["a",+1]', '2["a",NaN]', '2["a",tru]', "2['a']", '2["a\\x41"]', '2["a\\u12G4"]', '2["a",{"b"}]',
  '2["a",{"b":1,}]', '2["a",{b:1}]', '2["a",{"b":1,"b":2}]', '2["a",-0]', '2["a",1E+2]', '2["a","\u2028"]', '2["a","\u007f"]', '2["a","\u001e"]',
  "3{}", '3"a"', "3null", "3[", '312"a"', "4", "4[]", "4null", "41", "4{", '4"', "4true",
  '5["a"]', '51["a"]', '5-["a"]', '5a-["a"]', '51.5-["a"]', '5-1-["a"]', '51e1-["a"]', '50x2-["a"]', '5 1-["a"]', '51 -["a"]', '5+1-["a"]', "51-", "51", "5", '51-{}', "61-1", "61-1{}", "6", '6["a"]', "51-[]", '51-[{"_placeholder":true,"num":0}]', '51--["a"]', '5Infinity-["a"]',
  // reserved names
  '2["connect"]', '2["connect_error"]', '2["disconnect"]', '2["disconnecting"]', '2["newListener"]', '2["removeListener"]', '51-["connect",{"_placeholder":true,"num":0}]',
  '2["connection"]', '2["Connect"]', '2["conn\\u0065ct"]', '2["error"]', '2["message"]', '3["connect"]', '2["\\u0072\\u0065\\u006d\\u006f\\u0076\\u0065\\u004c\\u0069\\u0073\\u0074\\u0065\\u006e\\u0065\\u0072"]',
];
// nesting: the reference has no limit
for (const depth of [512, 513, 2000]) inputs.push("2[" + '"deep",' + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "]");

// number of attachments given, text
const binaries = [
  [1, '51-["a",{"_placeholder":true,"num":0}]'], [1, '51-["a",{"num":0,"_placeholder":true}]'],
  [1, '51-["a", { "_placeholder" : true , "num" : 0 } ]'], [2, '52-["a",{"b":[{"_placeholder":true,"num":1},{"c":{"_placeholder":true,"num":0}}]}]'],
  [2, '52-["a",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0},"{\\"_placeholder\\":true,\\"num\\":7}"]'],
  [1, '51-["unused"]'], [2, '52-["one unused",{"_placeholder":true,"num":1}]'], [1, '51-["above",{"_placeholder":true,"num":1}]'],
  [1, '51-["negative",{"_placeholder":true,"num":-1}]'], [1, '51-["fraction",{"_placeholder":true,"num":0.5}]'], [1, '51-["text",{"_placeholder":true,"num":"0"}]'],
  [1, '51-["null",{"_placeholder":true,"num":null}]'], [1, '51-["missing",{"_placeholder":true}]'], [1, '51-["huge",{"_placeholder":true,"num":99999999999999999999}]'],
  [1, '51-["false",{"_placeholder":false,"num":0}]'], [1, '51-["truthy",{"_placeholder":1,"num":0}]'], [1, '51-["string",{"_placeholder":"true","num":0}]'],
  [1, '51-["twice",{"_placeholder":true,"num":0},{"_placeholder":true,"num":0}]'], [1, '51-["extra",{"_placeholder":true,"num":0,"x":1}]'],
  [1, '51-["inner",{"_placeholder":true,"num":0,"x":{}}]'], [1, '51-["inner array",{"x":[1],"_placeholder":true,"num":0}]'],
  [1, '51-["escaped",{"\\u005fplaceholder":true,"num":0}]'], [1, '51-["last wins",{"_placeholder":true,"num":7,"num":0}]'],
  [1, '51-["exponent",{"_placeholder":true,"num":0e0}]'], [1, '51-["minus zero",{"_placeholder":true,"num":-0}]'],
  [2, '52-["nested",{"_placeholder":true,"num":0,"x":{"_placeholder":true,"num":1}}]'], [1, '51-[5,{"_placeholder":true,"num":0}]'],
  [1, '61-3[{"_placeholder":true,"num":0}]'], [1, '51-["key",{"{\\"_placeholder\\":true,\\"num\\":0}":{"_placeholder":true,"num":0}}]'],
  [1, '51-["empty",{},[],{"_placeholder":true,"num":0}]'], [0, '50-["none",{"_placeholder":true,"num":0}]'],
];

const B = (hex) => Buffer.from(hex, "hex");
const outputs = [
  { type: 0, nsp: "/" }, { type: 0, nsp: "/", data: { sid: "abc" } }, { type: 0, nsp: "/admin", data: { token: "1" } }, { type: 1, nsp: "/" }, { type: 1, nsp: "/admin" },
  { type: 2, nsp: "/", data: ["hello"] }, { type: 2, nsp: "/", data: ["hello", 1, "2", [3], { four: null }] }, { type: 2, nsp: "/admin", id: 456, data: ["project:delete", 123] },
  { type: 2, nsp: "/", id: 0, data: ["zero"] }, { type: 2, nsp: "/", data: ["\b\f\n\r\t\u0000\u001f\"\\/é😀\u007f<>&"] }, { type: 2, nsp: "/", id: 9007199254740991, data: ["max"] },
  { type: 3, nsp: "/", id: 12, data: [] }, { type: 3, nsp: "/admin", id: 456, data: ["ok"] }, { type: 4, nsp: "/", data: { message: "Not authorized" } },
  { type: 4, nsp: "/admin", data: { message: "x", data: { code: 1 } } },
  { type: 2, nsp: "/", data: ["baz", B("010203")] }, { type: 2, nsp: "/admin", id: 23, data: ["baz", { a: [B("01"), B("")] }, B("ff00")] }, { type: 3, nsp: "/", id: 15, data: ["bar", B("010203")] },
];

const attempt = (f) => { try { return { packet: f() }; } catch (e) { return { error: e.message }; } };
const plain = (v) => Buffer.isBuffer(v) ? { hex: v.toString("hex") } : Array.isArray(v) ? v.map(plain)
  : v && typeof v === "object" ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, plain(x)])) : v;

function decodeBinary(n, text) {
  const d = new Decoder();
  let packet = null;
  d.on("decoded", (p) => { packet = p; });
  d.add(text);
  for (let i = 0; i < n; i++) d.add(Buffer.from([i]));
  return plain(packet);
}

const version = JSON.parse(fs.readFileSync(require.resolve("socket.io-parser").replace(/build.*/, "package.json"))).version;
const lines = (list) => "[\n  " + list.map((v) => JSON.stringify(v)).join(",\n  ") + "\n ]";
process.stdout.write(`{
 "note": "socket.io-parser ${version}; written by vectors-rev5.js. {hex} stands for a Buffer; attachment i is the one byte i.",
 "decode": ${lines(inputs.map((text) => ({ text, ...attempt(() => new Decoder().decodeString(text)) })))},
 "binary": ${lines(binaries.map(([attachments, text]) => ({ text, attachments, ...attempt(() => decodeBinary(attachments, text)) })))},
 "encode": ${lines(outputs.map((p) => ({ packet: plain(p), out: plain(new Encoder().encode(p)) })))}
}
`);
