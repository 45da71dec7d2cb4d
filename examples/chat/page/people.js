"use strict";

// Who is here, and who is typing.
const people = (() => {
  const here = new Map(); // id -> {id, name, generation, transport}
  const typing = new Map(); // id -> timer that forgets it
  const list = document.getElementById("people");
  let me = 0;

  function el(tag, className, text) {
    const e = document.createElement(tag);
    if (className) e.className = className;
    if (text !== undefined) e.textContent = text;
    return e;
  }

  function face(person) {
    const e = el("span", "face" + (isOld(person) ? " old" : ""), Array.from(person.name)[0] || "?");
    e.setAttribute("aria-hidden", "true");
    return e;
  }

  const isOld = (person) => person.generation === "0.x";

  function row(person) {
    const name = el("span", "name", person.name);
    if (person.id === me) name.append(el("span", "you", " (you)"));
    const how = el("span", "how");
    how.append(el("b", "", person.generation), " " + person.transport);
    const li = el("li", "person" + (isOld(person) ? " old" : ""));
    li.append(face(person), name, how);
    return li;
  }

  function draw() {
    list.replaceChildren(...Array.from(here.values(), row));
    document.getElementById("count").textContent = here.size;
    drawTyping();
  }

  function drawTyping() {
    const names = Array.from(typing.keys(), (id) => here.get(id)).filter(Boolean).map((p) => p.name);
    let text = "";
    if (names.length === 1) text = names[0] + " is typing…";
    else if (names.length === 2) text = names.join(" and ") + " are typing…";
    else if (names.length > 2) text = names.length + " people are typing…";
    document.getElementById("typing").textContent = text;
  }

  function stopTyping(id) {
    clearTimeout(typing.get(id));
    typing.delete(id);
    drawTyping();
  }

  return {
    el,
    face,
    isOld,
    isMe: (id) => id === me,
    setAll(mine, all) {
      me = mine;
      here.clear();
      for (const id of Array.from(typing.keys())) stopTyping(id);
      for (const p of all) here.set(p.id, p);
      draw();
    },
    put(person) {
      here.set(person.id, person);
      draw();
    },
    remove(id) {
      here.delete(id);
      stopTyping(id);
      draw();
    },
    type(id, on) {
      stopTyping(id);
      // Forgotten after a while, should the end never be told.
      if (on && id !== me) typing.set(id, setTimeout(stopTyping, 8000, id));
      drawTyping();
    },
  };
})();
