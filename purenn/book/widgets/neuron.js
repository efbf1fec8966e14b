// A neuron with handles: two weights and a bias, the border that they make, and each day's score.
"use strict";

widgets.start("neuron", (figure, data) => {
  const frame = widgets.frameOf(figure.querySelector("svg"), data.limits);
  const said = figure.querySelector(".step");
  const rows = [...figure.querySelectorAll("tbody tr")];
  const weights = [...data.weights];
  let bias = data.bias;

  const half = widgets.draw("polygon", { class: "half" });
  const border = widgets.draw("polyline", { class: "border", fill: "none" });
  frame.inner.prepend(half, border);
  // The marks would tell the scores of the beginning: dots of our own take their place.
  for (const one of [...frame.inner.children]) if (one.tagName === "g") one.remove();
  const dots = data.days.map(([x, y]) => {
    const stay = widgets.draw("circle", { cx: frame.across(x), cy: frame.down(y), r: 5,
      fill: "#0072b2" });
    const go = widgets.draw("rect", { x: frame.across(x) - 4.5, y: frame.down(y) - 4.5, width: 9,
      height: 9, fill: "#d55e00" });
    frame.inner.append(stay, go);
    return { stay, go };
  });
  const score = ([x, y]) => weights[0] * x + weights[1] * y + bias;

  function missing() {
    return weights.some((one) => Math.abs(one) > 1e-9) ? " The border lies outside of the picture."
      : " With both weights at 0 there is no border: the score is the bias on every day.";
  }

  function show() {
    const [left, right, low, high] = data.limits;
    const corners = [[left, low], [right, low], [right, high], [left, high]];
    const inside = [];
    const ends = [];
    corners.forEach((corner, k) => {
      const next = corners[(k + 1) % 4];
      const [a, b] = [score(corner), score(next)];
      if (a > 0) inside.push(corner);
      if (a > 0 !== b > 0) {
        const part = a / (a - b);
        const end = [0, 1].map((n) => corner[n] + part * (next[n] - corner[n]));
        inside.push(end);
        ends.push(end);
      }
    });
    const pixels = (points) => points.map(([x, y]) => `${frame.across(x)},${frame.down(y)}`).join(" ");
    half.setAttribute("points", pixels(inside));
    border.setAttribute("points", pixels(ends));
    data.days.forEach((day, k) => {
      const output = score(day);
      dots[k].go.toggleAttribute("hidden", output <= 0);
      dots[k].stay.toggleAttribute("hidden", output > 0);
      const [number, verdict] = [...rows[k].cells].slice(-2);
      number.textContent = widgets.shown(output);
      verdict.textContent = output > 0 ? "go" : "stay";
    });
    const [w1, w2, b] = [...weights, bias].map(widgets.bracketed);
    said.textContent = `score = ${w1} · warmth + ${w2} · free hours + ${b}.`
      + (ends.length ? "" : missing());
  }

  said.before(
    widgets.slider("weight of warmth", -2, 2, 0.05, weights[0],
      (value) => { weights[0] = value; show(); }).row,
    widgets.slider("weight of free hours", -2, 2, 0.05, weights[1],
      (value) => { weights[1] = value; show(); }).row,
    widgets.slider("bias", -8, 8, 0.1, bias, (value) => { bias = value; show(); }).row);
  show();
});
