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
      share.replaceChildren(bar, widgets.exactly(p));
      surprise.textContent = widgets.exactly(-logs[k]);
      y.textContent = k === target ? "1" : "0";
      // p − 1, without the digits that are lost where p is almost 1: the others' shares, added up.
      const others = logs.reduce((sum, log, j) => sum + (j === k ? 0 : Math.exp(log)), 0);
      gradient.textContent = widgets.exactly(k === target ? -others : p);
      row.classList.toggle("chosen", k === target);
    });
    said.textContent = `The right class is ${data.classes[target]}: the loss is `
      + `${widgets.exactly(-logs[target])}.`;
  }

  const choice = widgets.make("select", { onchange: () => { target = Number(choice.value); show(); } },
    ...data.classes.map((name, k) => widgets.make("option", { value: k, selected: k === target }, name)));
  figure.querySelector(".told").append(
    ...data.classes.map((name, k) => widgets.slider(`score of ${name}`, -6, 6, 0.1, scores[k],
      (value) => { scores[k] = value; show(); }).row),
    widgets.make("div", { class: "controls" },
      widgets.make("label", { class: "field" }, "The right class is", choice)));
  show();
});
