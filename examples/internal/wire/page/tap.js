"use strict";

// tap listens at the browser's own doors: it is loaded before the client, and
// wraps what clients send and receive with. tap.on(entry) gets
//
//   {out, how, where, data, plain}  out: to the server; data: a string, an
//                                   ArrayBuffer, or nothing; plain: no packets
const tap = (() => {
  const seen = { on: () => {} };
  const note = (out, how, where, data, plain) => seen.on({ out, how, where: short(where), data, plain });

  // The path is enough; the session's id and the time in it say little.
  function short(where) {
    const url = new URL(where, location.href);
    return url.pathname.length > 44 ? url.pathname.slice(0, 34) + "…" : url.pathname + (/transport=/.test(url.search) ? "?…" : "");
  }

  // WebSocket

  window.WebSocket = class extends WebSocket {
    constructor(url, ...more) {
      super(url, ...more);
      note(true, "websocket", url);
      this.addEventListener("open", () => note(false, "101 Switching Protocols", url));
      this.addEventListener("message", (e) => note(false, "frame", url, e.data));
      this.addEventListener("close", (e) => note(false, `closed, ${e.code}`, url));
    }
    send(data) {
      note(true, "frame", this.url, data);
      super.send(data);
    }
  };

  // XMLHttpRequest

  const { open, send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...more) {
    if (!this.tapped) { // now, so that the answer is told before the client acts on it
      this.addEventListener("readystatechange", () => {
        if (this.readyState === 4 && this.status) note(false, String(this.status), url, this.response, method === "POST");
      });
    }
    this.tapped = [method, url];
    return open.call(this, method, url, ...more);
  };
  XMLHttpRequest.prototype.send = function (body) {
    const [method, url] = this.tapped;
    note(true, method, url, body || "");
    return send.call(this, body);
  };

  // JSONP: a script tag is a GET, a form in a hidden frame a POST. The script
  // calls a function in a list; see callbacks.

  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const e of addedNodes) {
        if (e.tagName === "SCRIPT" && e.src.includes("/socket.io/")) note(true, "GET by a script tag", e.src);
      }
    }
  }).observe(document, { childList: true, subtree: true });

  const { submit } = HTMLFormElement.prototype;
  HTMLFormElement.prototype.submit = function () {
    const text = this.querySelector("textarea").value;
    note(true, "POST by a form", this.action, text[0] === '"' ? JSON.parse(text) : text);
    return submit.call(this);
  };

  // callbacks has a list of functions tell what they are called with.
  seen.callbacks = (list) => {
    const push = list.push;
    list.push = (f) => push.call(list, (data) => {
      note(false, "200, a script", "/socket.io/", typeof data === "string" ? data : String(data));
      f(data);
    });
  };
  window.___eio = []; // where clients from 1.0 to 3.x keep theirs
  seen.callbacks(window.___eio);

  // What htmlfile.js knows.
  seen.note = note;
  return seen;
})();
