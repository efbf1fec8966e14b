// Backpropagation step by step: each click computes and shows one product, forward and back.
"use strict";

widgets.start("backpropagation", (figure, { numbers, symbols, steps }) => {
  const items = new Map([...figure.querySelectorAll(".steps li")].map((one) => [one.dataset.key, one]));
  const said = widgets.make("p", { class: "step", role: "status" });
  let values = {};
  let done = 0;

  function computed() {
    const known = { ...numbers, one: 1, two: 2 };
    for (const { key, kind, terms, plus } of steps) {
      if (kind === "relu") known[key] = Math.max(known[terms[0][0]], 0);
      else if (kind === "loss") {
        known.e = known.y - known.t;
        known[key] = known.e * known.e;
      } else {
        known[key] = terms.reduce((sum, [a, b]) => sum + known[a] * known[b], 0);
        if (plus) known[key] += known[plus];
      }
      if (key === "z1" || key === "z2") known["s" + key[1]] = known[key] > 0 ? 1 : 0;
    }
    return known;
  }

  function bracketed(value) {
    const text = widgets.shown(value);
    return value < 0 ? `(${text})` : text;
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
      ...side(step, (key) => bracketed(values[key])), " = ",
      widgets.make("strong", {}, widgets.shown(values[step.key]))];
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
      const named = text.closest("svg") && !figure.querySelector(`[data-node="${key}"]`)
        && !key.startsWith("g") && value;
      text.textContent = named ? `${symbols[key]} ${value}` : value;
    }
    const current = done ? steps[done - 1].key : "";
    for (const part of figure.querySelectorAll("[data-edge], [data-node]")) {
      const key = part.dataset.edge || part.dataset.node;
      part.classList.toggle("active", [key, "g" + key].includes(current)
        || (current.endsWith("z" + key.slice(1)) && key[0] === "h"));
    }
    if (done) said.replaceChildren(`Step ${done} of ${steps.length}: `, ...written(steps[done - 1]));
    else said.textContent = `${steps.length} steps: first forward to the loss, then back.`;
    back.disabled = !done;
    next.disabled = done === steps.length;
  }

  function go(number) { done = Math.max(0, Math.min(steps.length, number)); show(); }

  const back = widgets.button("Back", () => go(done - 1));
  const next = widgets.button("Next step", () => go(done + 1));
  const fields = Object.keys(numbers).map((key) =>
    widgets.field(symbols[key], numbers[key], (value) => { numbers[key] = value; show(); }));
  figure.querySelector("svg").after(
    widgets.make("div", { class: "controls" }, back, next,
      widgets.button("All", () => go(steps.length)), widgets.button("From the start", () => go(0))),
    said, widgets.make("div", { class: "fields" }, ...fields));
  show();
});
