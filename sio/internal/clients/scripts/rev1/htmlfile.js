// What the clients' htmlfile transport needs and Chromium lacks: Internet
// Explorer's document outside of any window. A hidden frame stands in for it;
// all else of the transport is the client's own code.
window.CollectGarbage = function () {};
window.ActiveXObject = function (name) {
  if (name !== "htmlfile") throw new Error("there is no object of the name " + name); // the search for Flash asks too
  var frame = document.createElement("iframe");
  frame.style.display = "none";
  document.body.appendChild(frame);
  var doc = frame.contentDocument;
  doc.parentWindow = frame.contentWindow;
  return doc;
};
