// A race down a loss: the formulas of the optimizers once more, held to purenn's by a test.
"use strict";

widgets.start("landscape", (figure, data) => {
  const picture = figure.querySelector(".drawn svg");
  const frame = widgets.frameOf(picture, data.limits);
  const said = figure.querySelector(".step");
  const body = figure.querySelector("tbody");
  const n = data.inputs.length;
  let start = [...data.start];
  let rate = data.rate;
  let steps = data.steps;

  function loss([w, b]) {
    return data.inputs.reduce((sum, x, k) => sum + (w * x + b - data.targets[k]) ** 2, 0) / n;
  }

  function gradient([w, b]) {
    let [gw, gb] = [0, 0];
    data.inputs.forEach((x, k) => {
      const error = 2 * (w * x + b - data.targets[k]) / n;
      gw += error * x;
      gb += error;
    });
    return [gw, gb];
  }

  // Normal numbers, the same ones each time: a linear congruential generator, and Box and Muller.
  function normals() {
    let state = 12345;
    const uniform = () => {
      state = (1103515245 * state + 12345) % 2147483648;
      return (state + 1) / 2147483649;
    };
    return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  }

  // Each makes a function from a place to the next one.
  const racers = {
    nudges() {
      const normal = normals();
      return (place) => {
        const tried = place.map((one) => one + rate * normal());
        return loss(tried) < loss(place) ? tried : place;
      };
    },
    SGD() {
      return (place) => gradient(place).map((g, k) => place[k] - rate * g);
    },
    momentum() {
      let v = [0, 0];
      return (place) => {
        v = gradient(place).map((g, k) => data.momentum * v[k] + g);
        return place.map((one, k) => one - rate * v[k]);
      };
    },
    Adam() {
      const { beta1, beta2, epsilon } = data.adam;
      let [m, v, t] = [[0, 0], [0, 0], 0];
      return (place) => {
        t += 1;
        const g = gradient(place);
        m = m.map((one, k) => beta1 * one + (1 - beta1) * g[k]);
        v = v.map((one, k) => beta2 * one + (1 - beta2) * g[k] * g[k]);
        return place.map((one, k) => one - rate * (m[k] / (1 - beta1 ** t))
          / (Math.sqrt(v[k] / (1 - beta2 ** t)) + epsilon));
      };
    },
  };
  const names = Object.keys(racers);

  // In a cell of the table there is no room for 12345.6789.
  const brief = (value) => (Math.abs(value) >= 1e4 && Number.isFinite(value)
    ? widgets.scientific(value) : widgets.shown(value));

  function path(name) {
    const step = racers[name]();
    const places = [[...start]];
    for (let k = 0; k < steps; k += 1) {
      const next = step(places[places.length - 1]);
      if (!next.every((one) => Number.isFinite(one) && Math.abs(one) <= 1e6)) break;
      places.push(next);
    }
    return places;
  }

  // What was drawn of the still path goes; lines of our own take its place.
  for (const one of [...frame.inner.children]) if (one.tagName !== "g") one.remove();
  const tracks = Object.fromEntries(names.map((name, k) => [name, widgets.draw("polyline",
    { class: `track racer-${k}`, fill: "none" })]));
  const heads = Object.fromEntries(names.map((name, k) => [name, widgets.draw("circle",
    { class: `head racer-${k}`, r: 4 })]));
  const ring = widgets.draw("circle", { class: "ring", r: 7 });
  const within = widgets.draw("g", { class: "race" });
  within.append(...Object.values(tracks), ...Object.values(heads), ring);
  frame.inner.append(within);
  const cells = {};
  body.replaceChildren(...names.map((name, k) => {
    cells[name] = [0, 1, 2].map(() => widgets.make("td"));
    return widgets.make("tr", { "data-racer": name }, widgets.make("th", { scope: "row" },
      widgets.make("span", { class: `swatch racer-${k}`, "aria-hidden": "true" }), name),
    ...cells[name]);
  }));

  // What is to be said of those who are on the wrong way: above the start, or beyond all bounds.
  function warning(above, lost) {
    return (above.length ? ` ${above.join(", ")}: the loss is above that of the start; the steps are `
      + "too long." : "")
      + (lost.length ? ` ${lost.join(", ")}: each step goes further beyond the valley than the one `
        + "before; the numbers grow without bound." : "");
  }

  function show(upTo = steps) {
    const [above, lost] = [[], []];
    const atStart = loss(start);
    for (const name of names) {
      const places = path(name);
      const diverged = places.length <= steps;
      const seen = places.slice(0, upTo + 1);
      const [w, b] = seen[seen.length - 1];
      const pixels = seen.map(([x, y]) => [frame.across(x), frame.down(y)]
        .map((one) => Math.max(-2000, Math.min(2000, one)).toFixed(1)));
      tracks[name].setAttribute("points", pixels.map((one) => one.join(",")).join(" "));
      [["cx", 0], ["cy", 1]].forEach(([key, k]) =>
        heads[name].setAttribute(key, pixels[pixels.length - 1][k]));
      const gone = diverged && seen.length === places.length;
      const values = gone ? [NaN, NaN, Infinity] : [w, b, loss([w, b])];
      cells[name].forEach((cell, k) => { cell.textContent = brief(values[k]); });
      if (gone) lost.push(name);
      else if (values[2] > atStart) above.push(name);
    }
    ring.setAttribute("cx", frame.across(start[0]));
    ring.setAttribute("cy", frame.down(start[1]));
    said.textContent = `From weight ${widgets.shown(start[0])} and bias ${widgets.shown(start[1])}, `
      + `${widgets.counted(Math.min(upTo, steps), "step")} at the rate ${widgets.shown(rate)}.`
      + warning(above, lost);
  }

  const weight = widgets.slider("start: weight", data.limits[0], data.limits[1], 0.05, start[0],
    (value) => { start[0] = value; show(); });
  const bias = widgets.slider("start: bias", data.limits[2], data.limits[3], 0.05, start[1],
    (value) => { start[1] = value; show(); });
  const speed = widgets.slider("learning rate", 0.005, 0.6, 0.005, rate,
    (value) => { rate = value; show(); });
  const length = widgets.slider("steps", 1, 200, 1, steps, (value) => { steps = value; show(); });

  let frameOfRace = 0;
  const race = widgets.button("Race", () => {
    cancelAnimationFrame(frameOfRace);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) { show(); return; }
    let began = null;  // the time of the first frame, which may lie before the click
    const run = (at) => {
      began = began === null ? at : began;
      const upTo = Math.max(0, Math.min(steps, Math.floor((at - began) / 60)));
      show(upTo);
      if (upTo < steps) frameOfRace = requestAnimationFrame(run);
    };
    frameOfRace = requestAnimationFrame(run);
  });

  // Only the map itself is for setting the start: a swipe elsewhere scrolls the page.
  const map = widgets.draw("rect", { class: "move", x: frame.x, y: frame.y, width: frame.width,
    height: frame.height, fill: "transparent" });
  frame.inner.append(map);
  const put = (event) => {
    const [x, y] = frame.valueAt(event);
    if (x < data.limits[0] || x > data.limits[1] || y < data.limits[2] || y > data.limits[3]) return;
    start = [Math.round(x * 20) / 20, Math.round(y * 20) / 20];
    weight.set(start[0]);
    bias.set(start[1]);
    show();
  };
  map.addEventListener("pointerdown", (event) => { map.setPointerCapture(event.pointerId); put(event); });
  map.addEventListener("pointermove", (event) => { if (event.buttons) put(event); });

  said.before(widgets.make("p", {}, "Click on the map, or drag on it, to set the start."), weight.row,
    bias.row, speed.row, length.row, widgets.make("div", { class: "controls" }, race));
  show();
});
