"use strict";

// The board: lines of points in ten-thousandths of its size, drawn as curves.
//
//   canvas.add({by, line, colour, width, points}, now)  continues a line
//   canvas.clear()
//   canvas.on(points)    is told of each frame with others' points in it
//
// What others draw is played back: each frame takes a part of what has come, so
// that points which come in one packet do not come as one jump.
// eslint-disable-next-line no-unused-vars
const canvas = (() => {
  const element = document.getElementById("canvas");
  const pen = element.getContext("2d");
  const board = { on: () => {} };
  let lines = new Map();
  let playing = false;

  board.add = ({ by, line, colour, width, points }, now) => {
    const id = `${by} ${line}`;
    if (!lines.has(id)) lines.set(id, { colour, width, points: [], drawn: 0 });
    const l = lines.get(id);
    l.points.push(...points);
    if (now) draw(l, l.points.length / 2);
    else if (!playing) {
      playing = true;
      requestAnimationFrame(play);
    }
  };

  board.clear = () => {
    lines = new Map();
    pen.clearRect(0, 0, element.width, element.height);
  };

  function play() {
    let n = 0;
    let left = 0;
    for (const l of lines.values()) {
      const waiting = l.points.length / 2 - l.drawn;
      if (!waiting) continue;
      const some = Math.ceil(waiting / 4);
      draw(l, l.drawn + some);
      n += some;
      left += waiting - some;
    }
    if (n) board.on(n);
    playing = left > 0;
    if (playing) requestAnimationFrame(play);
  }

  // draw continues a line up to n points: from the middle between two points to
  // the next middle, bent towards the point between.
  function draw(l, n) {
    const at = (i) => [l.points[2 * i] * element.width / 10000, l.points[2 * i + 1] * element.height / 10000];
    const middle = (i) => (i < 1 ? at(0) : at(i).map((v, axis) => (v + at(i - 1)[axis]) / 2));
    pen.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue(`--ink-${l.colour}`);
    pen.lineWidth = l.width * devicePixelRatio;
    pen.lineCap = pen.lineJoin = "round";
    for (let i = l.drawn; i < n; i++) {
      pen.beginPath();
      pen.moveTo(...middle(i - 1));
      if (i > 0) pen.quadraticCurveTo(...at(i - 1), ...middle(i));
      else pen.lineTo(...at(0)); // a dot
      pen.stroke();
    }
    l.drawn = Math.max(l.drawn, n);
  }

  // A canvas forgets what is on it when its size changes; and other colours are
  // right when the system turns dark.
  function again() {
    element.width = Math.round(element.clientWidth * devicePixelRatio);
    element.height = Math.round(element.clientHeight * devicePixelRatio);
    for (const l of lines.values()) {
      const n = l.drawn;
      l.drawn = 0;
      draw(l, n);
    }
  }
  new ResizeObserver(again).observe(element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  return board;
})();
