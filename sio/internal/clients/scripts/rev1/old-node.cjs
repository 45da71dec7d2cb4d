// What clients 0.7.11 and 0.8.7 use of the Node of 2011 and today's lacks, to be
// loaded before them: node --require ./old-node.cjs. The packages themselves are
// untouched.
//
//   process.EventEmitter   0.7.11 mixes it into its classes as it is loaded.
//                          It was events.EventEmitter, and went with Node 6.
//   http.createClient      websocket-client 1.0.0, which carries the websocket
//                          of both, opens its connection with it. It made an
//                          object whose request(path, headers) is a GET to one
//                          host, and whose "upgrade" came on the object; it went
//                          with Node 10.
//   crypto                 takes a string for bytes, one a character, as it did
//                          before Node 6: websocket-client makes the digest that
//                          it expects so.
//
// Past that websocket-client works as it did: hixie-76, byte by byte.
"use strict";
const crypto = require("crypto");
const events = require("events");
const http = require("http");

process.EventEmitter = process.EventEmitter || events.EventEmitter;

http.createClient =
  http.createClient ||
  function (port, host) {
    const client = new events.EventEmitter();
    client.end = function () {};
    client.request = function (path, headers) {
      const request = http.request({ host, port, path, headers, agent: false });
      // The events of the connection, of which there was one, came on the client.
      request.on("upgrade", (response, socket, head) => client.emit("upgrade", response, socket, head));
      request.on("error", (err) => client.emit("error", err));
      return request;
    };
    return client;
  };

const { createHash } = crypto;
crypto.createHash = function (...args) {
  const hash = createHash(...args);
  const { update } = hash;
  hash.update = (data, encoding) => update.call(hash, data, encoding ?? "latin1");
  return hash;
};
