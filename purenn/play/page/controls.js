// The controls: built from the catalogue that Python sends, so no list is kept here.

import { $, hideCard, make, showCard } from "./draw.js";

const CLOSED = ["Regularization", "More"];
let catalogue = [], change = async () => {}, settings = {};
const inputs = {};
const only = { classes: ["gaussians", "spiral", "vertical"], momentum: ["momentum", "nesterov"], beta1: ["adam", "adamw"],
  beta2: ["adam", "adamw"], decay: ["rmsprop"], weight_decay: ["adamw"] };

export function buildControls(given, onChange, hidden) {
  catalogue = given; change = onChange;
  const groups = [...new Set(catalogue.map(one => one.group))];
  $("controls").replaceChildren(...groups.filter(name => !hidden.includes(name.toLowerCase())).map(name => {
    const box = make("details", { open: !CLOSED.includes(name) }, make("summary", { textContent: name }));
    box.dataset.group = name;
    catalogue.filter(one => one.group === name && one.kind !== "layers").forEach(one => box.append(control(one)));
    return box;
  }));
}

function control(one) {
  const id = "set-" + one.name, says = make("p", { className: "says", id: id + "-says", textContent: one.says, hidden: true });
  const term = make("button", { type: "button", className: "term", textContent: one.label });
  term.setAttribute("aria-expanded", "false"); term.setAttribute("aria-controls", says.id);
  term.addEventListener("click", () => { says.hidden = !says.hidden; term.setAttribute("aria-expanded", !says.hidden); });
  term.setAttribute("aria-describedby", says.id);
  const above = () => { const box = term.getBoundingClientRect(); if (says.hidden) showCard(one.says, box.left, box.bottom); };
  for (const kind of ["pointerenter", "focus"]) term.addEventListener(kind, above);
  for (const kind of ["pointerleave", "blur", "click"]) term.addEventListener(kind, hideCard);
  const box = make("div", { className: "control" }, term);
  let input;
  if (one.kind === "flag") {
    input = make("input", { type: "checkbox", id });
    input.addEventListener("change", () => send(one, input.checked));
    box.append(input);
  } else if (one.offers.length) {
    input = make("select", { id }, ...one.offers.map(([value, label], i) => make("option", { value: i, textContent: label })));
    input.addEventListener("change", () => send(one, input.selectedOptions[0].dataset.own ? settings[one.name] : one.offers[input.value][0]));
    box.append(input);
  } else {
    input = make("input", { type: "number", id, min: one.low, max: one.high, step: 1 });
    input.addEventListener("change", () => send(one, Number(input.value)));
    const dice = make("button", { type: "button", textContent: "⚂", title: one.name === "seed" ? "New points" : "New start" });
    dice.setAttribute("aria-label", dice.title);
    dice.addEventListener("click", () => send(one, Math.floor(Math.random() * 1000000)));
    box.append(make("span", { className: "with-dice" }, input, dice));
  }
  input.setAttribute("aria-label", one.label);
  input.setAttribute("aria-describedby", says.id);
  box.append(says, make("p", { className: "error", id: id + "-error", hidden: true }));
  inputs[one.name] = { input, box };
  return box;
}

async function send(one, value) {
  const error = $(`set-${one.name}-error`);
  try { await change({ [one.name]: value }); error.hidden = true; } catch (refused) {
    const there = document.getElementById(`set-${refused.field}-error`) || error;
    there.textContent = refused.message; there.hidden = false;
    showSettings(settings);
  }
}

export function showSettings(given) {
  settings = given;
  for (const one of catalogue) {
    const found = inputs[one.name];
    if (!found) continue;
    const value = settings[one.name], { input, box } = found;
    if (one.kind === "flag") input.checked = value;
    else if (one.offers.length) {
      input.querySelector("[data-own]")?.remove();
      let at = one.offers.findIndex(([offer]) => offer === value || (typeof offer === "number" && Math.abs(offer - value) <= 1e-12 * Math.abs(offer)));
      if (at < 0) {
        const own = make("option", { value: one.offers.length, textContent: String(value) });
        own.dataset.own = "1"; input.append(own); at = one.offers.length;
      }
      input.value = at;
    } else input.value = value;
    const given = only[one.name];
    const toy = !["iris", "wine", "digits", "points", "table"].includes(settings.set);
    box.hidden = given ? !given.includes(one.name === "classes" ? settings.set : settings.optimizer)
      : ["points", "noise"].includes(one.name) ? !toy
      : ["rate", "schedule", "clip"].includes(one.name) && settings.optimizer.startsWith("random");
  }
}

// Layers: minus, number, plus for each width, and one more or one less.
export function buildLayers(hidden, parameters, activation) {
  const box = $("layers");
  const set = widths => change({ hidden: widths }).catch(error => { box.querySelector(".error").textContent = error.message; });
  const button = (text, label, does, disabled) => {
    const one = make("button", { type: "button", textContent: text, disabled });
    one.setAttribute("aria-label", label); one.addEventListener("click", does); one.dataset.key = label;
    return one;
  };
  const focused = document.activeElement?.dataset?.key;
  box.replaceChildren(
    ...hidden.map((width, i) => make("span", {}, `hidden ${i + 1}: `,
      button("−", `one neuron less in hidden layer ${i + 1}`, () => set(hidden.map((w, k) => k === i ? w - 1 : w)), width <= 1),
      make("b", { textContent: width }),
      button("+", `one neuron more in hidden layer ${i + 1}`, () => set(hidden.map((w, k) => k === i ? w + 1 : w)), width >= 64))),
    make("span", {}, "layers: ", button("−", "one hidden layer less", () => set(hidden.slice(0, -1)), hidden.length === 0),
      make("b", { textContent: hidden.length }), button("+", "one hidden layer more", () => set([...hidden, hidden[hidden.length - 1] || 8]), hidden.length >= 4)),
    make("span", { className: "small", textContent: `${activation}, ${parameters} parameters` }), make("span", { className: "error" }));
  if (focused) [...box.querySelectorAll("button")].find(one => one.dataset.key === focused)?.focus();
}
