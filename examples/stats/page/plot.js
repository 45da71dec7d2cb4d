"use strict";

// plot(element, lines) draws the last minutes of one or two series.
// eslint-disable-next-line no-unused-vars
function plot(svg, lines) {
  const kept = 120;
  const series = Array.from({ length: lines }, () => []);
  const paths = series.map(() => svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path")));
  return (...values) => {
    values.forEach((v, i) => {
      series[i].push(v);
      if (series[i].length > kept) series[i].shift();
    });
    const top = Math.max(1, ...series.flat()) * 1.08;
    series.forEach((s, i) => {
      const point = (v, at) => `${(((at + kept - s.length) * 300) / (kept - 1)).toFixed(1)} ${(90 - (v / top) * 88).toFixed(1)}`;
      paths[i].setAttribute("d", "M" + s.map(point).join("L"));
    });
  };
}
