// Data of one's own: a table dropped onto the page, points put down, a digit drawn.

import { ask, bytesToText } from "./carrier.js";
import { explain } from "./explain.js";
import { $, classColour, dialog, heat, make, percent, say } from "./draw.js";
import { scaleOf } from "./plane.js";

let apply = null;

// ---- A table ----

export function listenData(onChange) {
  apply = onChange;
  const drop = $("drop");
  addEventListener("dragover", event => { if ([...event.dataTransfer.types].includes("Files")) { event.preventDefault(); drop.hidden = false; } });
  addEventListener("dragleave", event => { if (!event.relatedTarget) drop.hidden = true; });
  addEventListener("drop", event => {
    event.preventDefault(); drop.hidden = true;
    if (event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
  });
  $("file").addEventListener("change", event => { if (event.target.files.length) take(event.target.files[0]); event.target.value = ""; });
}

async function take(file) {
  const tell = text => { $("own").open = true; $("own-say").textContent = text; say(text); };
  if (file.size > 2000000) return tell(`${file.name} has ${file.size.toLocaleString("en")} bytes; the playground takes at most 2,000,000. purenn train takes files of any size.`);
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { table } = await ask("table", { name: file.name, bytes: bytesToText(bytes) });
    choose(table); tell(`${file.name}: ${table.rows} rows.`);
  } catch (error) { tell(error.message + (error.advice ? ` (${error.advice})` : "")); }
}

function choose(table) {
  const target = make("select", {}, ...table.columns.map(one => make("option", { textContent: one.name, value: one.name, selected: one.name === table.target })));
  const task = make("select", {}, ...["classification", "regression"].map(name => make("option", { textContent: name, value: name })));
  const missing = make("select", {}, ...[["refuse", "refuse them"], ["mean", "fill in the mean"], ["drop", "leave their rows out"]].map(([value, textContent]) => make("option", { value, textContent })));
  const reason = make("p", { className: "small" }), problem = make("p", { className: "error" });
  task.value = table.task; missing.value = table.missing; reason.textContent = `${table.task}, because ${table.reason}.`;
  target.addEventListener("change", () => {
    const one = table.columns.find(column => column.name === target.value);
    task.value = one.task; reason.textContent = `${one.task}, because ${one.reason}.`;
  });
  const boxes = table.columns.map(one => {
    const box = make("input", { type: "checkbox", checked: one.ignore });
    box.setAttribute("aria-label", `Leave out ${one.name}`);
    return box;
  });
  const rows = table.columns.map((one, i) => make("tr", {}, make("td", { textContent: one.name }), make("td", { textContent: one.kind }),
    make("td", { textContent: one.different }), make("td", { textContent: one.missing }), make("td", { textContent: one.samples.join(", ") }),
    make("td", { textContent: one.inputs }), make("td", {}, boxes[i], one.why ? " " + one.why : "")));
  const use = make("button", { type: "button", textContent: "Use this table" });
  use.addEventListener("click", async () => {
    try {
      const answer = await ask("table", { use: { target: target.value, task: task.value, missing: missing.value,
        ignore: table.columns.filter((one, i) => boxes[i].checked && one.name !== target.value).map(one => one.name) } });
      $("dialog").close(); apply(answer);
      const found = answer.doctor.map(one => `${one.message}. ${one.next_step}`).join(" ");
      $("own-say").textContent = found ? `The doctor says: ${found}` : `${table.name} is in use.`;
    } catch (error) { problem.textContent = error.message; }
  });
  const scroll = make("div", { className: "scroll", tabIndex: 0 }, make("table", {}, make("thead", {}, make("tr", {},
    ...["column", "kind", "different", "missing", "examples", "inputs", "leave out"].map(text => make("th", { textContent: text })))), make("tbody", {}, ...rows)));
  scroll.setAttribute("role", "region"); scroll.setAttribute("aria-label", "Columns of the table");
  dialog(`${table.name}: ${table.rows} rows`, make("p", {}, make("label", {}, "To be predicted: ", target), " ", make("label", {}, "Task: ", task), " ", make("label", {}, "Missing cells: ", missing)),
    reason, scroll, problem, make("p", {}, use));
}

// ---- Points put down by hand ----

let tool = 0, spray = null;
export const drawing = settings => settings.set === "points";
export function buildPalette(settings, data) {
  const box = $("palette");
  box.hidden = !drawing(settings);
  const press = key => { tool = key; buildPalette(settings, data); };
  const one = (key, text, label) => {
    const button = make("button", { type: "button", textContent: text });
    button.setAttribute("aria-label", label); button.setAttribute("aria-pressed", tool === key);
    if (typeof key === "number") button.style.borderBottom = `4px solid ${classColour(key)}`;
    button.addEventListener("click", () => press(key));
    return button;
  };
  const does = (text, fields) => {
    const button = make("button", { type: "button", textContent: text });
    button.addEventListener("click", () => put(fields));
    return button;
  };
  box.replaceChildren(...[0, 1, 2, 3, 4].map(key => one(key, "●■▲◆▼"[key], `Put points of class ${key + 1}`)),
    one("erase", "Erase", "Take points away"), does("Undo", { undo: true }), does("Clear", { clear: true }));
}
export const chooseTool = key => { tool = key; };

async function put(fields) {
  try { apply(await ask("points", fields)); } catch (error) { say(error.message); $("caption").textContent = error.message; }
}
export const putAt = (x, y, erase = false) => put(erase || tool === "erase" ? { remove: [[x, y]] } : { add: [[x, y, tool]] });

// Clicks put one point, dragging one every 12 pixels; sent together when the pointer is lifted.
export function listenPoints(canvas, state, preview) {
  const at = event => {
    const box = canvas.getBoundingClientRect(), scale = scaleOf(canvas, state.data.plane.box);
    const px = event.clientX - box.left, py = event.clientY - box.top;
    return { px, py, x: scale.fromX(px), y: scale.fromY(py) };
  };
  canvas.addEventListener("pointerdown", event => {
    if (!drawing(state.settings)) return;
    canvas.setPointerCapture(event.pointerId);
    const p = at(event); spray = { points: [p], last: p }; preview(spray.points, tool);
  });
  canvas.addEventListener("pointermove", event => {
    if (!spray) return;
    const p = at(event);
    if ((p.px - spray.last.px) ** 2 + (p.py - spray.last.py) ** 2 < 144) return;
    spray.points.push(p); spray.last = p; preview(spray.points, tool);
  });
  canvas.addEventListener("pointerup", () => {
    if (!spray) return;
    const points = spray.points; spray = null;
    put(tool === "erase" ? { remove: points.map(p => [p.x, p.y]) } : { add: points.map(p => [p.x, p.y, tool]) });
  });
}

// ---- Digits ----

let bits = new Uint8Array(1024), wrong = 0, strokeOn = false;
export function listenPad() {
  const pad = $("pad");
  const dot = event => {
    const box = pad.getBoundingClientRect(), cx = (event.clientX - box.left) / 7, cy = (event.clientY - box.top) / 7;
    for (let y = 0; y < 32; y++) for (let x = 0; x < 32; x++) if ((x + .5 - cx) ** 2 + (y + .5 - cy) ** 2 < 2.6) bits[y * 32 + x] = 1;
    drawPad();
  };
  pad.addEventListener("pointerdown", event => { strokeOn = true; pad.setPointerCapture(event.pointerId); dot(event); });
  pad.addEventListener("pointermove", event => { if (strokeOn) dot(event); });
  pad.addEventListener("pointerup", () => { strokeOn = false; askDigit(); });
  $("pad-clear").addEventListener("click", () => { bits = new Uint8Array(1024); drawPad(); $("pad-layers").replaceChildren(); });
  $("pad-centre").addEventListener("change", askDigit);
  $("pad-wrong").addEventListener("click", async () => {
    const found = await ask("digit", { wrong: ++wrong });
    if (found.none) return say("It gets all of them right.");
    bits = new Uint8Array(1024); drawPad(); showDigit(found, { wrong });
    $("pad-layers").prepend(make("p", { textContent: `A ${found.right} that it gets wrong (${found.of} in all).` }));
  });
}
export function drawPad() {
  const pen = $("pad").getContext("2d"), style = getComputedStyle(document.documentElement);
  pen.fillStyle = style.getPropertyValue("--paper"); pen.fillRect(0, 0, 224, 224);
  pen.fillStyle = style.getPropertyValue("--ink");
  bits.forEach((on, i) => { if (on) pen.fillRect(i % 32 * 7, Math.floor(i / 32) * 7, 7, 7); });
}
export async function askDigit() {
  if (!bits.some(Boolean)) return;
  const packed = new Uint8Array(128);
  bits.forEach((on, i) => { if (on) packed[i >> 3] |= 128 >> (i & 7); });
  const drawn = { bits: bytesToText(packed), centre: $("pad-centre").checked };
  showDigit(await ask("digit", drawn), drawn);
}
function strip(name, values, wide, high) {
  const most = Math.max(...values.map(Math.abs)) || 1, canvas = make("canvas", { width: wide * 8, height: high * 8 });
  heat(canvas, Uint8Array.from(values, value => Math.round(127 + 127 * value / most)), wide, high);
  if (high > 1) canvas.style.cssText = "width:64px;height:64px;flex:none";
  return make("div", { className: "strip" }, make("span", { textContent: name }), canvas);
}
// What the drawn digit is has to be said: the loss and the way back depend on it.
const DIGITS = [...Array(10).keys()];
function explainer(best, digit) {
  const button = make("button", { type: "button", textContent: "Explain" });
  const as = make("select", {}, ...DIGITS.map(one => make("option", { value: one, textContent: one })));
  as.value = best;
  button.addEventListener("click", () => explain({ kind: "example" },
    { digit: digit.wrong ? digit : { ...digit, target: Number(as.value) } }, true));
  return digit.wrong ? [button] : [make("label", {}, "It is a ", as, " "), button];
}

// `digit` says Python once more which digit it is, when it is to be explained.
function showDigit(found, digit) {
  const best = found.probabilities.indexOf(Math.max(...found.probabilities));
  const bars = make("div", { className: "bars" });
  found.probabilities.forEach((p, digit) => {
    const meter = make("meter", { min: 0, max: 1, value: p });
    meter.setAttribute("aria-label", `Probability of ${digit}`);
    bars.append(make(digit === best ? "b" : "span", { textContent: digit }), meter, make("span", { textContent: percent(p) }));
  });
  $("pad-layers").replaceChildren(strip("8 × 8 pixels", found.pixels, 8, 8),
    ...found.layers.map((values, i) => strip(`hidden ${i + 1}`, values, values.length, 1)), bars, make("p", {}, ...explainer(best, digit)));
  say(`It says ${best}, with probability ${percent(found.probabilities[best])}.`);
}
