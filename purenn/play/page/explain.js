// Explain: lays out the lines that Python worked out; no arithmetic here.

import { ask } from "./carrier.js";
import { $, dialog, format, make, showAllDigits } from "./draw.js";

const FEW = 6;
let current = null, digits = false;
const callbacks = { link() {}, point() {}, race: () => false, book: null };
export const onExplain = given => Object.assign(callbacks, given);

export async function explain(of, more = {}, focus = false) {
  if (!callbacks.race()) more = { ...more, run: undefined };
  current = { of, more };
  let found;
  try { found = await ask("explain", { of, ...more }); } catch (error) {
    $("explain-body").replaceChildren(make("p", {}, ...runs()), make("p", { textContent: error.message })); return;
  }
  show(found);
  if (focus) $("explain-title").focus();
}
export const again = () => current && explain(current.of, { ...current.more });
export const selected = () => current?.of;
export function forget() { current = null; $("explain-body").replaceChildren(make("p", { textContent: "Click a line, a neuron or a point." })); }

// In a race, which of the two runs is explained.
function runs() {
  if (!callbacks.race()) return [];
  const run = make("select", {}, make("option", { value: "a", textContent: "the first run" }), make("option", { value: "b", textContent: "the second run" }));
  run.value = current.more.run || "a";
  run.addEventListener("change", () => explain(current.of, { ...current.more, run: run.value }));
  return [make("label", {}, "Of: ", run), " "];
}

function show(found) {
  callbacks.point(found.point);
  $("explain-title").textContent = `Explain: ${found.title}`;
  const which = make("select", {}, make("option", { value: "last", textContent: "the last step: why it just changed" }),
    make("option", { value: "next", textContent: "the next step: a forecast, nothing moves" }));
  which.value = found.when;
  which.addEventListener("change", () => explain(current.of, { ...current.more, when: which.value }));
  const row = make("select", {}, ...found.batch.map((one, i) => make("option", { value: one.row, textContent: one.said, selected: i === found.row })));
  row.addEventListener("change", () => explain(current.of, { ...current.more, row: Number(row.value) }));
  const check = make("input", { type: "checkbox", checked: digits });
  check.addEventListener("change", () => { digits = check.checked; show(found); });
  showAllDigits(digits);
  const blocks = ["forward", "backward", "step"].map((name, i) => make("div", { className: "block" },
    make("h3", { textContent: ["Forward", "The way back", "The step"][i] }),
    ...(found.blocks[name].length ? found.blocks[name].map(lineOf) : [make("p", { textContent: "Nothing here." })])));
  $("explain-body").replaceChildren(
    make("p", {}, ...runs(), ...(found.alone ? [make("b", { textContent: `Of ${found.alone}. ` })]
      : [make("label", {}, "When: ", which), " ", make("label", {}, "Example: ", row), " "]), make("label", {}, check, " all digits"), ...editor(found)),
    ...(found.say ? [make("p", { className: "words", textContent: found.say })] : []),
    ...(found.when === "last" && !found.exact ? [make("p", { textContent: "Careful: the repeated step did not end at the same bits." })] : []),
    make("div", { className: "blocks" }, ...blocks));
  showAllDigits(false);
}

function editor(found) {
  const of = found.of;
  if (of.kind !== "weight" && of.kind !== "bias") return [];
  const button = make("button", { type: "button", textContent: "Set another value…" });
  button.addEventListener("click", () => callbacks.edit(of));
  return [" ", button];
}

function lineOf(line) {
  const one = make("p", { className: "sum" });
  line.pieces.forEach((piece, i) => {
    const within = typeof piece === "number" && piece < 0 && /[·−+] $/.test(line.pieces[i - 1] || "");
    one.append(typeof piece === "number" || piece === null ? within ? `(${format(piece)})` : format(piece) : piece);
  });
  if (line.terms) terms(one, line.terms);
  if (line.table) one.append(tableOf(line.table));
  if (line.result !== undefined) one.append(" = ", make("span", { className: "result", textContent: format(line.result) }));
  if (line.source) {
    const button = make("button", { type: "button", className: "source", textContent: `${line.source.file}:${line.source.line} ${line.source.of}  ${line.source.text}` });
    button.addEventListener("click", () => source(line.source));
    one.append(button);
  }
  return one;
}

function terms(one, list) {
  const order = list.length > FEW
    ? [...list].sort((a, b) => (!!b.marked - !!a.marked) || Math.abs(b.product) - Math.abs(a.product)) : list;
  const shown = order.slice(0, list.length > FEW ? FEW - 1 : FEW);
  one.append(" = ");
  shown.forEach((term, i) => one.append(i ? " + " : "", termOf(term)));
  const rest = order.slice(shown.length);
  if (rest.length) {
    const more = make("button", { type: "button", className: "term", textContent: `+ ${rest.length} more` });
    more.addEventListener("click", () => more.replaceWith(...rest.flatMap(term => [" + ", termOf(term)])));
    one.append(" ", more);
  }
}

function termOf(term) {
  const bracket = value => value < 0 ? `(${format(value)})` : format(value);
  const text = term.a === undefined ? bracket(term.product) : `${bracket(term.a)} · ${bracket(term.b)}`;
  const one = make("button", { type: "button", className: "term" + (term.marked ? " marked" : ""), textContent: text,
    title: `${term.said ? term.said + ", " : ""}${term.text} = ${format(term.product)}` });
  if (term.link) {
    const light = on => callbacks.link(on ? term.link : null);
    one.addEventListener("pointerenter", () => light(true)); one.addEventListener("pointerleave", () => light(false));
    one.addEventListener("focus", () => light(true)); one.addEventListener("blur", () => light(false));
    one.addEventListener("click", () => explain(ofLink(term.link), { ...current.more }));
  } else if (term.example !== undefined) one.addEventListener("click", () => explain(current.of, { ...current.more, row: term.example }));
  return one;
}

const ofLink = ([layer, neuron, input]) => input === null ? { kind: "bias", layer, neuron } : { kind: "weight", layer, neuron, input };

function tableOf(rows) {
  const name = ([, , input]) => input === null ? "bias" : `w[${input}]`;
  return make("table", {}, make("thead", {}, make("tr", {}, ...["", "old", "gradient", "new"].map(text => make(text ? "th" : "td", { textContent: text })))),
    make("tbody", {}, ...rows.map(row => {
      const button = make("button", { type: "button", className: "term", textContent: name(row.link) });
      button.addEventListener("click", () => explain(ofLink(row.link), { ...current.more }));
      return make("tr", {}, make("td", {}, button), ...[row.old, row.gradient, row.new].map(value => make("td", { textContent: value === null ? "–" : format(value) })));
    })));
}

async function source(place) {
  const found = await ask("source", { of: place.of });
  const code = make("pre", { tabIndex: 0 });
  found.lines.forEach((line, i) => {
    const text = `${String(found.first + i).padStart(4)}  ${line}\n`;
    code.append(found.first + i === place.line ? make("mark", { textContent: text }) : text);
  });
  const content = [make("p", { textContent: `purenn, ${found.file}: the source that ran.` }), code];
  if (callbacks.book) content.unshift(make("p", {}, make("a", { href: callbacks.book(place), target: "purenn-book", textContent: "The whole module, in a new tab" })));
  dialog(place.of, ...content);
}
