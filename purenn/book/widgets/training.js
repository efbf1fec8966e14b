// A training to scrub through: shows the recorded moments, and interpolates nothing.
"use strict";

widgets.start("training", (figure, data) => {
  const picture = figure.querySelector(".plane svg");
  const frame = widgets.frameOf(picture, data.limits);
  const curve = figure.querySelector(".curve svg");
  const time = widgets.frameOf(curve, [0, data.epochs, 0, 1]);
  const said = figure.querySelector(".step");

  // The squares that were drawn are replaced by an image of as many pixels; the points stay.
  frame.inner.replaceChildren();
  const image = widgets.draw("image", { x: frame.x, y: frame.y, width: frame.width,
    height: frame.height, preserveAspectRatio: "none", style: "image-rendering: pixelated" });
  const lines = widgets.draw("g", { class: "folds" });
  const half = widgets.draw("polygon", { class: "closed" });
  frame.inner.prepend(image, half, lines);
  const marker = widgets.draw("line", { class: "marker", y1: time.y, y2: time.y + time.height });
  time.inner.append(marker);

  const canvas = widgets.make("canvas", { width: data.grid, height: data.grid });
  const rgb = data.colours.map((one) => [1, 3, 5].map((at) => parseInt(one.slice(at, at + 2), 16)));
  function painted(grid) {
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(data.grid, data.grid);
    for (let k = 0; k < grid.length; k += 1) {
      const number = grid.charCodeAt(k) - data.first;
      const level = number % data.levels;
      pixels.data.set([...rgb[Math.floor(number / data.levels)],
        255 * (0.08 + 0.5 * level / (data.levels - 1))], 4 * k);
    }
    context.putImageData(pixels, 0, 0);
    return canvas.toDataURL();
  }

  // The part of the plane in which w · x + b is above 0: its corners, one after the other.
  function openHalf([w1, w2, b]) {
    const [left, right, low, high] = data.limits;
    const corners = [[left, low], [right, low], [right, high], [left, high]];
    const height = ([x, y]) => w1 * x + w2 * y + b;
    const found = [];
    corners.forEach((corner, k) => {
      const next = corners[(k + 1) % 4];
      const [a, c] = [height(corner), height(next)];
      if (a > 0) found.push(corner);
      if (a > 0 !== c > 0) {
        const part = a / (a - c);
        found.push([0, 1].map((n) => corner[n] + part * (next[n] - corner[n])));
      }
    });
    return found.map(([x, y]) => [frame.across(x), frame.down(y)]);
  }

  // Where the border w · x + b = 0 crosses the frame: the corners of the half that are on it.
  function border([w1, w2, b]) {
    return openHalf([w1, w2, b]).filter(([px, py]) => {
      const x = data.limits[0] + (px - frame.x) / frame.width * (data.limits[1] - data.limits[0]);
      const y = data.limits[2] + (1 - (py - frame.y) / frame.height)
        * (data.limits[3] - data.limits[2]);
      return Math.abs(w1 * x + w2 * y + b) < 1e-9 * (1 + Math.abs(w1) + Math.abs(w2) + Math.abs(b));
    });
  }

  let now = data.moments.length - 1;
  let neuron = -1;
  function show() {
    const moment = data.moments[now];
    image.setAttribute("href", painted(moment.grid));
    lines.replaceChildren(...moment.lines.flatMap((line, k) => {
      const ends = border(line);
      return ends.length < 2 ? [] : [widgets.draw("line", { x1: ends[0][0], y1: ends[0][1],
        x2: ends[1][0], y2: ends[1][1], class: k === neuron ? "chosen" : "" })];
    }));
    half.setAttribute("points", neuron < 0 ? ""
      : openHalf(moment.lines[neuron].map((one) => -one)).map((one) => one.join(",")).join(" "));
    const x = time.across(moment.epoch);
    marker.setAttribute("x1", x);
    marker.setAttribute("x2", x);
    said.textContent = `After epoch ${moment.epoch}: loss ${widgets.shown(moment.loss)}, `
      + `accuracy ${(100 * moment.accuracy).toFixed(1)} %.`;
    range.value = now;
    range.setAttribute("aria-valuetext", `epoch ${moment.epoch}`);
  }

  const range = widgets.range({ min: 0, max: data.moments.length - 1, step: 1,
    value: now, "aria-label": "Moment of the training",
    oninput: () => { now = Number(range.value); show(); } });
  const choice = widgets.make("select", { onchange: () => { neuron = Number(choice.value); show(); } },
    widgets.make("option", { value: -1 }, "all folds"),
    ...data.moments[0].lines.map((_, k) =>
      widgets.make("option", { value: k }, `where neuron ${k + 1} is open`)));
  let timer = 0;
  const play = widgets.button("Play", () => {
    clearInterval(timer);
    if (play.textContent === "Stop") { play.textContent = "Play"; return; }
    play.textContent = "Stop";
    if (now === data.moments.length - 1) now = -1;
    timer = setInterval(() => {
      now += 1;
      show();
      if (now === data.moments.length - 1) { clearInterval(timer); play.textContent = "Play"; }
    }, 220);
  });
  figure.querySelector(".pair").after(
    widgets.make("div", { class: "controls" }, play, range,
      widgets.make("label", { class: "field" }, "Show", choice)));
  show();
});
