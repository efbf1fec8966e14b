// Softmax and cross-entropy: drag the scores, see p, −log p and p − y.
"use strict";

widgets.start("softmax", (figure, data) => {
  const scores = [...data.scores];
  let target = data.target;
  const rows = [...figure.querySelectorAll("tbody tr")];
  const said = figure.querySelector(".step");

  function show() {
    const largest = Math.max(...scores);
    const total = scores.reduce((sum, s) => sum + Math.exp(s - largest), 0);
    const logs = scores.map((s) => s - largest - Math.log(total));  // log p
    rows.forEach((row, k) => {
      const p = Math.exp(logs[k]);
      const bar = widgets.make("span", { class: "bar", style: `width: ${(50 * p).toFixed(1)}px` });
      const [, score, share, surprise, y, gradient] = row.cells;
      score.textContent = widgets.shown(scores[k]);
      share.replaceChildren(bar, widgets.shown(p));
      surprise.textContent = widgets.shown(-logs[k]);
      y.textContent = k === target ? "1" : "0";
      gradient.textContent = widgets.shown(p - (k === target ? 1 : 0));
      row.classList.toggle("chosen", k === target);
    });
    said.textContent = `The right class is ${data.classes[target]}: the loss is `
      + `${widgets.shown(-logs[target])}.`;
  }

  const choice = widgets.make("select", { onchange: () => { target = Number(choice.value); show(); } },
    ...data.classes.map((name, k) => widgets.make("option", { value: k }, name)));
  figure.querySelector("table").before(
    ...data.classes.map((name, k) => widgets.slider(`score of ${name}`, -6, 6, 0.1, scores[k],
      (value) => { scores[k] = value; show(); }).row),
    widgets.make("div", { class: "controls" },
      widgets.make("label", { class: "field" }, "The right class is", choice)));
  show();
});
