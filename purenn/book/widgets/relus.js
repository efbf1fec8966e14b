// A curve out of ReLUs: three kinks and three slopes to be set.
"use strict";

widgets.start("relus", (figure, data) => {
  const frame = widgets.frameOf(figure.querySelector("svg"), data.limits);
  const said = figure.querySelector(".step");
  const kinks = [...data.kinks];
  const slopes = [...data.slopes];
  const line = [...frame.inner.querySelectorAll("polyline")].pop();
  const marks = kinks.map(() => widgets.draw("circle", { class: "head racer-1", r: 4 }));
  frame.inner.append(...marks);

  const output = (x) => slopes.reduce((sum, slope, k) => sum + slope * Math.max(x - kinks[k], 0), 0);

  function show() {
    const clipped = (y) => Math.max(-50, Math.min(50, y));
    line.setAttribute("points", data.xs.map((x) =>
      `${frame.across(x).toFixed(2)},${frame.down(clipped(output(x))).toFixed(2)}`).join(" "));
    kinks.forEach((kink, k) => {
      marks[k].setAttribute("cx", frame.across(kink));
      marks[k].setAttribute("cy", frame.down(clipped(output(kink))));
    });
    const off = Math.max(...data.xs.map((x, k) => Math.abs(output(x) - data.goal[k])));
    said.textContent = "y = " + kinks.map((kink, k) =>
      `${widgets.bracketed(slopes[k])}\u00a0·\u00a0max(x\u00a0−\u00a0${widgets.shown(kink)},\u00a00)`)
      .join(" + ")
      + `. At most ${widgets.shown(off)} off.`;
  }

  said.before(...kinks.flatMap((kink, k) => [
    widgets.slider(`ReLU ${k + 1} opens at`, 0, 4, 0.05, kink,
      (value) => { kinks[k] = value; show(); }).row,
    widgets.slider(`slope of ReLU ${k + 1}`, -4, 4, 0.05, slopes[k],
      (value) => { slopes[k] = value; show(); }).row,
  ]));
  show();
});
