"use strict";

// A stand-in for Internet Explorer's ActiveXObject("htmlfile"): a document that
// is not on the screen, in which a page may load for ever. Here it is that of a
// hidden frame. The rest of the transport is the client's own.
window.ActiveXObject = function (name) {
  if (name !== "htmlfile") throw new Error("There is no " + name);
  const frame = document.createElement("iframe");
  frame.hidden = true;
  return {
    open() {
      document.body.append(frame);
      frame.contentDocument.open();
    },
    write: (html) => frame.contentDocument.write(html),
    close: () => frame.contentDocument.close(),
    createElement: (tag) => frame.contentDocument.createElement(tag),
    get body() { return frame.contentDocument.body; },
    // The client leaves itself here as s: the stream's scripts call s._(packets).
    get parentWindow() { return frame.contentWindow; },
  };
};
window.CollectGarbage = () => {}; // which the client calls to be rid of it

// Called once the client is there: its streams tell what they bring.
// eslint-disable-next-line no-unused-vars
function tapHtmlfile() {
  const { get, _ } = io.Transport.htmlfile.prototype;
  io.Transport.htmlfile.prototype.get = function () {
    tap.note(true, "GET by a frame", this.prepareUrl());
    return get.call(this);
  };
  io.Transport.htmlfile.prototype._ = function (data, doc) {
    tap.note(false, "a script in the stream", this.prepareUrl(), data);
    return _.call(this, data, doc);
  };
}
