// Shapes that broadcast: what has one row or one column is repeated as often as the other needs.
"use strict";

widgets.start("broadcasting", (figure, data) => {
  const shape = [...data.start];
  const said = figure.querySelector(".step");
  const box = figure.querySelector(".sum");

  const matrix = (rows, columns, unit) => Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (__, j) => unit * (columns * i + j + 1)));

  // Cells that are repeated are shown again, paler: [value, is it a copy?].
  function stretched(one, rows, columns) {
    return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (__, j) =>
      [one[one.length === 1 ? 0 : i][one[0].length === 1 ? 0 : j], i >= one.length || j >= one[0].length]));
  }

  function table(cells, name) {
    return widgets.make("table", { "aria-label": name }, widgets.make("tbody", {},
      ...cells.map((row) => widgets.make("tr", {}, ...row.map(([value, copy]) =>
        widgets.make("td", { class: copy ? "copy-of" : "" }, widgets.shown(value)))))));
  }

  function show() {
    const [a, b, c, d] = shape;
    const [one, other] = [matrix(a, b, 1), matrix(c, d, 10)];
    const refused = data.refused[shape.join(",")];
    const [rows, columns] = [Math.max(a, c), Math.max(b, d)];
    // A sign and what stands behind it go to the next line together.
    const signed = (sign, ...what) => widgets.make("span", { class: "signed" }, sign, ...what);
    if (refused) {
      const plain = (cells) => cells.map((row) => row.map((value) => [value, false]));
      box.replaceChildren(table(plain(one), "A"), signed("+", table(plain(other), "B")));
      said.textContent = `ShapeError: ${refused}`;
      return;
    }
    const [x, y] = [stretched(one, rows, columns), stretched(other, rows, columns)];
    box.replaceChildren(table(x, "A"), signed("+", table(y, "B")), signed("=",
      table(x.map((row, i) => row.map(([value], j) => [value + y[i][j][0], false])), "sum")));
    said.textContent = `(${a} × ${b}) + (${c} × ${d}) gives (${rows} × ${columns}).`;
  }

  const choices = ["rows of A", "columns of A", "rows of B", "columns of B"].map((name, k) => {
    const choice = widgets.make("select", {
      onchange: () => { shape[k] = Number(choice.value); show(); } },
    ...Array.from({ length: data.largest }, (_, n) =>
      widgets.make("option", { value: n + 1, selected: n + 1 === shape[k] }, n + 1)));
    return widgets.make("label", { class: "field" }, name, choice);
  });
  box.before(widgets.make("div", { class: "controls" }, ...choices));
  show();
});
