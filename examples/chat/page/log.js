"use strict";

// The conversation. Everything a stranger wrote goes in as text, never as HTML.
const log = (() => {
  const list = document.getElementById("log");
  const newer = document.getElementById("newer");
  const most = 500; // entries kept
  const pause = 5 * 60 * 1000; // ms after which a speaker is named again
  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
  const { el } = people;
  let last = { from: 0, at: 0 };

  const atEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < 80;

  function toEnd() {
    list.scrollTop = list.scrollHeight;
    newer.hidden = true;
  }

  function add(item, follow) {
    follow = follow || atEnd();
    list.append(item);
    while (list.children.length > most) drop(list.firstElementChild);
    if (follow) toEnd();
    else newer.hidden = false;
  }

  function drop(item) {
    const img = item.querySelector("img");
    if (img) pictures.release(img.src);
    item.remove();
  }

  function entry(m, ...content) {
    const mine = people.isMe(m.from);
    const again = last.from === m.from && m.at - last.at < pause;
    last = m;
    const who = el("p", "who");
    who.append(el("b", "", mine ? "You" : m.name), " " + clock.format(new Date(m.at)));
    const body = el("div", "body");
    body.append(who, ...content);
    const li = el("li", "entry" + (mine ? " mine" : "") + (again ? " again" : "") + (people.isOld(m) ? " old" : ""));
    li.append(people.face(m), body);
    add(li, mine);
  }

  newer.addEventListener("click", toEnd);
  list.addEventListener("scroll", () => { if (atEnd()) newer.hidden = true; });

  return {
    said: (m) => entry(m, el("div", "bubble", m.text)),

    picture(m) {
      const address = pictures.address(m);
      if (!address) return;
      const img = el("img");
      img.alt = m.title;
      // It takes its room only once it has loaded, when the end has moved away.
      const follow = atEnd() || people.isMe(m.from);
      img.addEventListener("load", () => { if (follow) toEnd(); });
      img.src = address;
      const bubble = el("div", "bubble picture");
      bubble.append(img);
      const way = (people.isMe(m.from) ? ", sent as " : ", came as ") + (typeof m.data === "string" ? "a data URL" : "binary");
      entry(m, bubble, el("p", "carried", m.title + way));
    },

    notice(text) {
      last = { from: 0, at: 0 };
      add(el("li", "notice", text));
    },
  };
})();
