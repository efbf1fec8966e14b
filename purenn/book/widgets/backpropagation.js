// Backpropagation step by step: each click computes and shows one product, forward and back.
"use strict";

widgets.start("backpropagation", (figure, { rows, symbols, steps }) => {
  const numbers = Object.assign({}, ...Object.values(rows));
  const list = figure.querySelector(".steps");
  const items = new Map([...figure.querySelectorAll(".steps li")].map((one) => [one.dataset.key, one]));
  const said = widgets.make("p", { class: "step", role: "status" });
  let values = {};
  let done = 0;

  function computed() {
    const known = { ...numbers, one: 1 };
    for (const { key, kind, terms, plus } of steps) {
      if (kind === "relu") known[key] = Math.max(known[terms[0][0]], 0);
      else if (kind === "loss") {
        known.e = known.y - known.t;
        known.double = 2 * known.e;
        known[key] = known.e * known.e;
      } else {
        known[key] = terms.reduce((sum, [a, b]) => sum + known[a] * known[b], 0);
        if (plus) known[key] += known[plus];
      }
      if (key[0] === "z") known["s" + key[1]] = known[key] > 0 ? 1 : 0;
    }
    return known;
  }

  function side({ kind, terms, plus }, text) {
    if (kind === "relu") return [`max(${text(terms[0][0]).replace(/[()]/g, "")}, 0)`];
    if (kind === "loss") return [`${text("e")}²`];
    const parts = [];
    for (const [a, b] of terms) {
      if (parts.length) parts.push(" + ");
      if (kind === "gradient") {
        parts.push(widgets.make("span", { class: "term-1" }, text(a)), " · ",
          widgets.make("span", { class: "term-2" }, text(b)));
      } else parts.push(`${text(a)} · ${text(b)}`);
    }
    return plus ? [...parts, ` + ${text(plus)}`] : parts;
  }

  function written(step) {
    return [`${symbols[step.key]} = `, ...side(step, (key) => symbols[key]), " = ",
      ...side(step, (key) => widgets.bracketed(values[key])), " = ",
      widgets.make("strong", {}, widgets.shown(values[step.key]))];
  }

  function layPaperUnder(text) {
    const paper = text.previousElementSibling;
    if (!paper.matches(".under")) return;
    const width = text.textContent ? text.getBBox().width + 4 : 0;
    paper.setAttribute("width", width);
    paper.setAttribute("x", Number(text.getAttribute("x")) - width / 2);
  }

  function show() {
    values = computed();
    const seen = new Set(steps.slice(0, done).map((step) => step.key));
    for (const step of steps) {
      const item = items.get(step.key);
      item.replaceChildren(...written(step));
      item.hidden = !seen.has(step.key);
    }
    for (const text of figure.querySelectorAll("[data-value]")) {
      const key = text.dataset.value;
      const value = key in numbers || seen.has(key) ? widgets.shown(values[key]) : "";
      const named = value && !key.startsWith("g") && !figure.querySelector(`[data-node="${key}"]`);
      text.textContent = named ? `${symbols[key]} ${value}` : value;
      layPaperUnder(text);
    }
    const current = done ? steps[done - 1].key : "";
    for (const part of figure.querySelectorAll("[data-edge], [data-node]")) {
      const key = part.dataset.edge || part.dataset.node;
      part.classList.toggle("active", [key, "g" + key].includes(current));
    }
    if (done) {
      const newest = items.get(current);
      list.scrollTop = newest.offsetTop + newest.offsetHeight - list.clientHeight;
    }
    if (done) said.replaceChildren(`Step ${done} of ${steps.length}: `, ...written(steps[done - 1]));
    else said.textContent = `${steps.length} steps: first forward to the loss, then back.`;
    back.disabled = !done;
    next.disabled = done === steps.length;
  }

  function go(number) { done = Math.max(0, Math.min(steps.length, number)); show(); }

  const back = widgets.button("Back", () => go(done - 1));
  const next = widgets.button("Next step", () => go(done + 1));
  const fields = Object.entries(rows).map(([name, row]) =>
    widgets.make("fieldset", { class: "row" }, widgets.make("legend", {}, name),
      ...Object.keys(row).map((key) => widgets.field(symbols[key], numbers[key],
        (value) => { numbers[key] = value; show(); }))));
  figure.querySelector(".legend").before(
    widgets.make("div", { class: "controls" }, back, next,
      widgets.button("All", () => go(steps.length)), widgets.button("From the start", () => go(0))),
    said);
  figure.querySelector(".beside").after(widgets.make("div", { class: "rows" }, ...fields));
  show();
});
