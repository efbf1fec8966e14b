// The page: asks Python, keeps the last answers, and draws them when the screen is ready.

import { ask, connect, events, textToBytes, wait } from "./carrier.js";
import { curveTable, drawChart, listenChart } from "./chart.js";
import { buildControls, buildLayers, showSettings } from "./controls.js";
import { askDigit, buildPalette, chooseTool, drawing, drawPad, listenData, listenPad, listenPoints, putAt } from "./data.js";
import { $, bytes, dialog, format, hideCard, make, mark, palette, readColours, say, context } from "./draw.js";
import { again, explain, forget, onExplain, selected } from "./explain.js";
import { listenKeys } from "./keys.js";
import * as net from "./network.js";
import * as plane from "./plane.js";

const app = { settings: {}, data: null, network: null, curve: [], curveB: null, running: false, hover: null, row: null,
  point: null, cross: null, wrong: null, changes: [], size: 20, goal: null, refining: 0 };
const still = matchMedia("(prefers-reduced-motion: reduce)");

// ---- Taking answers in ----

function take(answer) {
  if (answer.settings) { app.settings = answer.settings; showSettings(app.settings); }
  if (answer.data) {
    app.data = answer.data; app.point = null; app.hover = null;
    buildPalette(app.settings, app.data);
    $("caption").textContent = app.data.caption || app.data.said;
    $("pad-box").hidden = !app.data.digits;
    $("added-box").hidden = app.data.plane.kind !== "line" || app.data.classes.length > 0;
    $("axes-box").hidden = app.data.plane.kind !== "slice";
    if (app.data.plane.kind === "slice") axesChoice();
    $("chart-metric").textContent = app.data.classes.length ? "Accuracy" : "R²";
    if (app.data.digits) drawPad();
  }
  if (answer.network) {
    const shape = JSON.stringify([answer.network.inputs, answer.network.hidden, answer.network.outputs]);
    const before = app.shape;
    app.network = answer.network; app.shape = shape;
    buildLayers(answer.network.hidden, answer.network.parameters, answer.network.activation);
    if (shape !== before) { net.build(app.network); forget(); }
  }
  if (answer.curve) {
    const since = answer.curve.length ? answer.curve[0][0] : Infinity;
    app.curve = answer.curve_whole || since === 0 ? answer.curve : [...app.curve.filter(row => row[0] < since), ...answer.curve];
    if (app.curve.length > 1200) app.curve = app.curve.filter((_, i) => i > app.curve.length / 2 || i % 2 === 0);
  }
  for (const name of ["at", "weights", "notes", "changes", "scores", "say", "seconds"]) if (answer[name] !== undefined) app[name] = answer[name];
  if (answer.at) { app.wrong = answer.wrong || null; app.row = answer.row || null; }
  if (answer.picture) { app.picture = plane.joined([answer.picture]); app.refining++; }
  if (answer.rewound) { app.curve = answer.curve; app.point = null; }
  if ("b" in answer || answer.rewound) app.b = answer.b || null;
  if (app.b?.picture && answer.b) app.b.cells = plane.joined([app.b.picture]);
  if (answer.b) app.curveB = answer.curve_whole || !app.curveB || answer.b.curve[0]?.[0] === 0 ? answer.b.curve
    : [...app.curveB.filter(row => row[0] < (answer.b.curve[0]?.[0] ?? Infinity)), ...answer.b.curve];
  if (!app.b) app.curveB = null;
  if (answer.point) app.point = answer.point;
  paint();
}

// ---- Drawing, at most once a frame ----

let waiting = false, lastTexts = 0, lastPaint = 0;
function paint() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    if (still.matches && app.running && performance.now() - lastPaint < 500) return;
    lastPaint = performance.now();
    draw();
  });
}

function draw() {
  if (!app.picture || !app.data) return;
  const line = app.data.plane.kind === "line";
  net.drawLinks(app.weights);
  net.drawNeurons(app.picture, app.weights, line, app.data.digits);
  drawPlane(line);
  const now = performance.now();
  if (app.running && now - lastTexts < 220) return;
  lastTexts = now;
  drawChart(app.curveB ? [app.curve, app.curveB] : [app.curve], app.changes, app.data.classes.length > 0);
  texts();
}

function drawPlane(line) {
  const outputs = app.picture.neurons[app.picture.neurons.length - 1], canvas = $("regions");
  const view = { train: $("view-train").checked, held: $("view-held").checked, wrong: $("view-wrong").checked && !app.running,
    rings: app.wrong, selected: app.row ? app.row.point : app.point, cross: app.cross };
  if ($("view-space").value === "hidden" && app.hidden) return plane.hiddenSpace(canvas, $("dots"), app.hidden);
  if (line) plane.cleared(canvas);
  else if (app.hover) plane.neuronLarge(canvas, app.picture.neurons[app.hover[0]][app.hover[1]], app.picture.n);
  else if (app.data.classes.length) plane.regions(canvas, outputs, app.picture.n, $("view-regions").value === "class");
  else plane.neuronLarge(canvas, outputs[0], app.picture.n);
  plane.dots($("dots"), app.data, view);
  if (line) {
    const last = app.picture.neurons.length - 2, marked = app.hover && app.hover[0] === last ? app.hover[1] : null;
    if ($("view-added").checked) plane.added($("dots"), app.picture.added, app.data.plane.box, marked);
    plane.curve($("dots"), app.picture.curve, app.data.plane.box);
  }
  $("second").hidden = !app.b;
  if (app.b?.cells) {
    const other = app.b.cells.neurons[app.b.cells.neurons.length - 1];
    plane.dots($("dots-b"), app.data, { ...view, rings: null, selected: null, cross: null });
    if (line) plane.curve($("dots-b"), app.b.cells.curve, app.data.plane.box, palette().classes[1]);
    else if (app.data.classes.length) plane.regions($("regions-b"), other, app.b.cells.n, false);
  }
}

function texts() {
  const { at } = app;
  $("where").textContent = `Epoch ${at.epoch}` + (at.batch || at.row !== null ? ` · batch ${at.batch + (at.row !== null)}/${at.batches}` : "")
    + (at.row !== null ? ` · example ${at.row + 1}/${at.rows}` : "") + (at.stopped ? ` · stopped: ${at.stopped}` : "");
  $("say").textContent = app.row ? app.row.say : app.say;
  $("plane-say").textContent = app.hover && app.data.plane.kind !== "line" ? "The output of one neuron over the plane."
    : app.b ? `First run: ${app.seconds.a.toFixed(1)} s` : "";
  if (app.b) $("second-say").textContent = `Second run: ${app.seconds.b.toFixed(1)} s. ` + app.b.differs.map(([name, a, b]) => `${name} ${b} instead of ${a}`).join(", ");
  $("race-end").hidden = !app.b;
  for (const id of ["rewind", "example", "batch", "epoch", "run"]) $(id).disabled = !app.ready;
  $("back").disabled = !app.ready || !at.back;
  $("run").querySelector("b").textContent = app.running ? "Pause" : "Run";
  $("run").querySelector("span").textContent = app.running ? "❚❚ " : "▶ ";
  net.label(app.notes, app.row);
  notes();
  $("dots").setAttribute("aria-label", `The points. ${app.say}`);
  $("regions").setAttribute("aria-label", `What the network says over the plane. ${app.say}`);
  if ($("weights-box").open && !app.running) net.weightsTable(app.weights, of => select(of, true));
  if (document.querySelector("#curves details").open && !app.running) curveTable(app.curve, app.data.classes.length > 0);
}

let notesShown = "";
function notes() {
  const key = JSON.stringify(app.notes.map(note => note.say));
  if (key === notesShown) return;
  notesShown = key;
  const box = $("notes");
  box.replaceChildren(...app.notes.map(note => {
    const one = make("div", { className: "note" }, make("p", { textContent: note.say }));
    for (const offer of note.offers) {
      const button = make("button", { type: "button", textContent: offer.say });
      button.addEventListener("click", () => act(async () => {
        if (offer.set) take(await ask("set", { settings: offer.set }));
        else if (offer.go !== undefined) take(await ask("go", { epoch: offer.go, picture: 28 }));
        else if (offer.back) take(await ask("back", { steps: offer.back, picture: 28 }));
      }));
      one.append(button);
    }
    const close = make("button", { type: "button", textContent: "Dismiss" });
    close.addEventListener("click", () => act(async () => take(await ask("dismiss", { note: note.id }))));
    one.append(close);
    return one;
  }));
  if (app.notes.length) say(app.notes[0].say);
}

// ---- Time ----

// Does what a button asks for; stops running first, says what is refused, draws finely at the end.
async function act(does, stop = true) {
  if (stop) app.running = false;
  try { await does(); } catch (error) { refused(error); }
  rest();
}
function refused(error) {
  if (error.code === undefined) console.error(error);
  $("where").textContent = error.message; say(error.message + (error.advice ? ` (${error.advice})` : ""));
}

async function run() {
  if (app.running) { app.running = false; paint(); return; }
  app.running = true; app.row = null; hideCard(); say("Running.");
  let spoken = performance.now();
  try {
    while (app.running) {
      const speed = Number($("speed").value), before = performance.now();
      const since = app.at.epoch, picture = app.size;
      let answer;
      if (speed === -2) answer = await ask("step", { unit: "example", since, picture });
      else answer = await ask("run", { budget_ms: app.slow ? 30 : 50, since, picture, ...(speed ? { unit: speed < 0 ? "batch" : "epoch", most: 1 } : {}) });
      if (answer.ms?.picture && speed >= 0) adapt(answer.ms.picture);
      take(answer);
      if (answer.arrived) arrived(answer.arrived);
      if (answer.at.stopped && (!app.b || answer.b.at.stopped)) { app.running = false; say(`Stopped: ${answer.at.stopped}.`); }
      if (app.goal !== null && answer.at.epoch >= app.goal) { app.goal = null; $("progress").hidden = true; app.running = false; }
      else if (app.goal !== null) $("progress").value = 100 * answer.at.epoch / app.goal;
      if (performance.now() - spoken > 10000) { spoken = performance.now(); say(app.say); }
      const pause = speed > 0 ? 1000 / speed : speed < 0 ? 1000 : 0;
      if (pause) await wait(Math.max(0, pause - (performance.now() - before)));
    }
  } catch (error) { app.running = false; refused(error); }
  rest();
}

// The finest picture that takes at most 40 % of the budget.
function adapt(ms) {
  const sizes = [14, 20, 28, 40], at = sizes.indexOf(app.size), per = ms / app.size ** 2;
  app.slow = ms > 60;
  const good = sizes.filter(n => per * n * n <= 20);
  app.size = good.length ? Math.min(good[good.length - 1], sizes[Math.min(3, at + 1)]) : 14;
}

// What is done when nothing runs: exact scores, finer pictures, what is explained.
async function rest() {
  if (app.running) return;
  const mine = ++app.refining;
  try {
    if (!app.row && app.wrong === null) { const point = app.point; take(await ask("look", { since: app.at.epoch })); app.point = point; }
    if (selected() && app.row === null) await again();
    if (app.data.digits) askDigit();
    if ($("view-space").value === "hidden") app.hidden = await ask("hidden");
    if (app.row && app.picture.n >= 100) return;
    for (const n of app.data.plane.kind === "line" ? [112] : [56, 100]) {
      const slices = [], step = n === 56 ? 28 : 25;
      for (let row = 0; row < n; row += step) {
        if (app.running || app.refining !== mine) return;
        const answer = await ask("picture", { n, rows: [row, Math.min(n, row + step)], ...(before() ? { before: true } : {}) });
        slices.push(answer.picture);
        if (app.data.plane.kind === "line") break;
      }
      if (app.running || app.refining !== mine) return;
      app.picture = plane.joined(slices);
      paint();
    }
  } catch (error) { refused(error); }
}
const before = () => $("view-before").value === "1";

// Within a batch no weight changes, so no picture does.
const step = unit => act(async () => take(await ask("step", { unit, picture: unit === "example" ? 0 : 28 })));
const back = () => act(async () => take(await ask("back", { steps: 1, picture: 28 })));
const rewind = () => act(async () => take(await ask("rewind", { picture: 28 })));
const set = async settings => {
  const answer = await ask("set", { settings });
  if (answer.rewound) app.running = false;
  take(answer);
  if (answer.rewound) { say("Started anew."); rest(); }
};

// ---- Choosing ----

async function select(of, focus = false) {
  net.select(of);
  await explain(of, app.point && app.point[0] === 0 ? { row: app.point[1] } : {}, focus);
  paint();
}

function edit() {
  const of = selected();
  if (!of || (of.kind !== "weight" && of.kind !== "bias")) return;
  const now = of.kind === "bias" ? app.weights[of.layer].b[of.neuron] : app.weights[of.layer].w[of.neuron][of.input];
  const input = make("input", { type: "number", step: "any", value: now }), button = make("button", { type: "button", textContent: "Set" });
  const error = make("p", { className: "error" });
  button.addEventListener("click", async () => {
    try {
      app.running = false;
      take(await ask("edit", { layer: of.layer, neuron: of.neuron, input: of.kind === "bias" ? null : of.input, value: Number(input.value), picture: 28 }));
      $("dialog").close(); rest();
    } catch (refusal) { error.textContent = refusal.message; }
  });
  dialog("Another value", make("p", {}, make("label", {}, of.kind === "bias" ? "The bias: " : "The weight: ", input), " ", button), error);
}

function axesChoice() {
  const names = app.data.features, chosen = app.data.plane.columns;
  const options = [["", "the two main directions"]];
  for (let i = 0; i < Math.min(names.length, 8); i++) for (let j = i + 1; j < Math.min(names.length, 8); j++) options.push([`${i},${j}`, `${names[i]}, ${names[j]}`]);
  $("view-axes").replaceChildren(...options.map(([value, textContent]) => make("option", { value, textContent })));
  $("view-axes").value = chosen ? chosen.join(",") : "";
}

function listenPlane() {
  const canvas = $("dots");
  canvas.addEventListener("click", event => {
    if (drawing(app.settings) || $("view-space").value) return;
    const box = canvas.getBoundingClientRect();
    choosePoint(plane.nearest(canvas, app.data, event.clientX - box.left, event.clientY - box.top));
  });
  listenPoints(canvas, app, (points, tool) => {
    plane.stale(canvas);
    const pen = canvas.getContext("2d");
    const last = points[points.length - 1];
    mark(pen, tool === "erase" ? 0 : tool, last.px, last.py, 5, tool === "erase");
  });
}
function choosePoint(found) {
  app.point = found;
  if (found && found[0] === 0) { app.running = false; explain({ kind: "example" }, { row: found[1], when: "next" }); }
  else if (found) say("This point is held out: nothing is learned from it.");
  paint();
}

// The plane by keyboard: a cross moves by a fortieth.
function planeKeys(event) {
  const [x0, x1, y0, y1] = app.data.plane.box;
  app.cross = app.cross || [(x0 + x1) / 2, (y0 + y1) / 2];
  const dx = (x1 - x0) / 40, dy = (y1 - y0) / 40;
  const way = { ArrowLeft: [-dx, 0], ArrowRight: [dx, 0], ArrowUp: [0, dy], ArrowDown: [0, -dy] }[event.key];
  if (way) { app.cross = [Math.max(x0, Math.min(x1, app.cross[0] + way[0])), Math.max(y0, Math.min(y1, app.cross[1] + way[1]))]; paint(); return true; }
  if (event.key === "Escape") { app.cross = null; paint(); return true; }
  if (/^[1-5]$/.test(event.key) && drawing(app.settings)) { chooseTool(Number(event.key) - 1); buildPalette(app.settings, app.data); return true; }
  if (event.key === "Delete" && drawing(app.settings)) { putAt(...app.cross, true); return true; }
  if (event.key === "Enter") {
    if (drawing(app.settings)) putAt(...app.cross);
    else { const scale = plane.scaleOf($("dots"), app.data.plane.box); choosePoint(plane.nearest($("dots"), app.data, scale.x(app.cross[0]), scale.y(app.cross[1]))); }
    return true;
  }
  return false;
}

// ---- Taking along ----

async function takeAlong(what) {
  const found = await ask("take", { what });
  if (what === "address" || what === "weights") {
    const local = document.documentElement.dataset.carrier !== "worker";
    const base = local ? found.share : location.href.split("#")[0];
    const text = (base || "") + "#" + found.text;
    history.replaceState(null, "", "#" + found.text);
    const told = base ? found.note : "This is the end of a link: put it behind the address of a playground on the web. (purenn play --site makes one; purenn play --share-address names one, and then the whole link stands here.) " + found.note;
    return offer("The link", text, told, null);
  }
  if (what === "python") return offer("As Python", found.text, found.note, found);
  save(found);
}
function save(found) {
  const content = found.base64 ? textToBytes(found.base64) : found.text;
  const link = make("a", { href: URL.createObjectURL(new Blob([content], { type: found.type })), download: found.name });
  link.click(); setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  say(`${found.name} is saved.`);
}
function offer(title, text, note, file) {
  const copy = make("button", { type: "button", textContent: "Copy" }), code = make("pre", { tabIndex: 0, id: "taken", textContent: text });
  copy.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text); say("Copied."); copy.textContent = "Copied"; }
    catch { getSelection().selectAllChildren(code); say("Selected: copy it with the keyboard."); }
  });
  const buttons = [copy];
  if (file) { const keep = make("button", { type: "button", textContent: "Save" }); keep.addEventListener("click", () => save(file)); buttons.push(" ", keep); }
  dialog(title, ...(note ? [make("p", { textContent: note })] : []), make("p", {}, ...buttons), code);
}

// ---- Opening ----

const EXPERIMENTS = [
  ["Does it need a hidden layer?", "d=xor&h=0"], ["Two neurons for xor: enough?", "d=xor&h=2&g=3"],
  ["Will it learn with all weights zero?", "i=zeros"], ["What does a rate of 10 do?", "d=sine&a=relu&o=sgd&r=10"],
  ["Five arms, how many neurons?", "k=5&n=500"], ["Memorising noise: watch the held-out loss", "d=moons&n=60&z=0.35&t=0.5&h=16,16&end=300"],
  ["No nonlinear function", "d=circle&a=linear"], ["By chance alone", "d=vertical&o=random_adjustment"],
  ["Handwritten digits", "d=digits&h=32&a=relu&o=momentum&r=0.05"]];

const isAddress = () => /^#v=/.test(location.hash);
async function open(text) {
  const answer = await ask("set", { address: text });
  take(answer);
  const told = [...(answer.problems || []).map(one => one + ".")];
  if (answer.waiting_for) told.push(`The link is about a table, ${answer.waiting_for.split(":")[0]}: drop it onto the page.`);
  if (told.length) { $("own").open = !!answer.waiting_for; dialog("About this address", ...told.map(textContent => make("p", { textContent }))); }
  goOn(answer.goal);
}
// Runs to the epoch of an address, if there is one.
function goOn(goal) {
  if (goal) { app.goal = goal; $("progress").hidden = false; $("progress").value = 0; run(); } else rest();
}
function arrived(found) {
  if (found.same) { if (found.epoch) say(`At epoch ${found.epoch}, with the loss that the link promises.`); return; }
  dialog("Another way", make("p", { textContent: found.say }), make("p", { textContent: found.weights ? "The link holds the weights, and they are in place now." : "" }));
}

async function doctor() {
  const { findings } = await ask("doctor");
  const signs = one => one.ok === null ? "skipped" : one.ok ? "well" : "a problem";
  const box = make("div", { className: "scroll", tabIndex: 0 }, make("table", {}, make("thead", {}, make("tr", {}, ...["looked at", "", "found"].map(text => make(text ? "th" : "td", { textContent: text })))),
    make("tbody", {}, ...findings.map(one => make("tr", {}, make("td", { textContent: one.name }), make("td", { textContent: signs(one) }),
      make("td", { className: "told", textContent: one.message + (one.next_step ? ` Next step: ${one.next_step}.` : "") }))))));
  box.setAttribute("role", "region"); box.setAttribute("aria-label", "Findings");
  dialog("What the doctor finds, in the order in which it looks", box);
}

function race(catalogue) {
  const able = catalogue.filter(one => one.group !== "Data" && one.offers.length && !["loss", "standardize"].includes(one.name));
  const name = $("race-name"), value = $("race-value");
  const fill = () => {
    const one = able.find(control => control.name === name.value);
    value.replaceChildren(...one.offers.map(([, label], i) => make("option", { value: i, textContent: label })));
  };
  name.replaceChildren(...able.map(one => make("option", { value: one.name, textContent: one.label })));
  name.value = "optimizer"; fill();
  name.addEventListener("change", fill);
  $("race").addEventListener("click", () => act(async () => {
    const one = able.find(control => control.name === name.value);
    take(await ask("race", { on: true, settings: { [name.value]: one.offers[value.value][0] }, picture: 28 }));
    $("race-say").textContent = "Both stand at the start: press Run.";
  }));
  $("race-end").addEventListener("click", () => act(async () => { take(await ask("race", { on: false, picture: 28 })); app.b = null; app.curveB = null; $("race-say").textContent = ""; paint(); }));
}

function listen() {
  $("run").addEventListener("click", run); $("rewind").addEventListener("click", rewind); $("back").addEventListener("click", back);
  for (const unit of ["example", "batch", "epoch"]) $(unit).addEventListener("click", () => step(unit));
  $("theme").addEventListener("click", () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark", true));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", event => theme(event.matches ? "dark" : "light"));
  $("dialog-close").addEventListener("click", () => $("dialog").close());
  $("doctor").addEventListener("click", () => act(doctor));
  $("share").addEventListener("change", event => { const what = event.target.value; event.target.value = ""; if (what) act(() => takeAlong(what)); });
  $("experiments").append(...EXPERIMENTS.map(([textContent, value]) => make("option", { textContent, value })));
  $("experiments").addEventListener("change", event => { const to = event.target.value; event.target.value = ""; if (to) location.hash = "v=1&" + to; });
  addEventListener("hashchange", () => { if (isAddress()) act(() => open(location.hash.slice(1))); });
  document.querySelector(".skip").addEventListener("click", event => { event.preventDefault(); $("network").focus(); });
  for (const id of ["view-added", "view-regions", "view-train", "view-held", "view-wrong"]) $(id).addEventListener("change", paint);
  $("view-before").addEventListener("change", rest);
  $("view-space").addEventListener("change", async () => { app.hidden = $("view-space").value ? await ask("hidden").catch(refused) : null; paint(); });
  $("view-axes").addEventListener("change", event => act(async () => take(await ask("plane", { columns: event.target.value ? event.target.value.split(",").map(Number) : null }))));
  $("weights-box").addEventListener("toggle", texts); document.querySelector("#curves details").addEventListener("toggle", texts);
  addEventListener("keydown", event => { if (event.key === "Escape" && app.goal !== null) { app.goal = null; $("progress").hidden = true; app.running = false; } });
  document.addEventListener("visibilitychange", () => { if (document.hidden && app.running) { app.running = false; app.at.stopped = "the tab was hidden"; } });
  new ResizeObserver(() => { if (app.network) { net.build(app.network); paint(); } }).observe($("graph").parentElement);
  net.onNetwork({ select: of => { if (!app.running) select(of, document.activeElement?.matches?.(":focus-visible")); else select(of); },
    hover: (c, k) => { const next = c ? [c - 1, k] : null; if (JSON.stringify(next) !== JSON.stringify(app.hover)) { app.hover = next; if (!app.running) { lastTexts = 0; paint(); } } } });
  net.listen(paint);
  onExplain({ link: link => { net.highlight(link); paint(); }, point: point => { app.point = point; paint(); }, race: () => !!app.b, edit });
  listenChart(paint, epoch => act(async () => take(await ask("go", { epoch, picture: 28 }))));
  listenPlane(); listenPad();
  listenData(answer => { app.running = false; take(answer); goOn(answer.goal); });
  listenKeys({ run, step, back, rewind, edit, plane: planeKeys, weights: texts }, net.move);
}

function theme(name, keep) {
  document.documentElement.dataset.theme = name;
  if (keep) localStorage.setItem("theme", name);
  readColours(); paint();
}

async function begin() {
  theme(localStorage.getItem("theme") || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  events.stage = stage => { $("loading").hidden = !!stage.ready; $("stage").textContent = stage.failed || stage.stage; say($("stage").textContent); };
  events.lost = hello => { app.running = false; take({ ...hello, rewound: true }); if (isAddress()) open(location.hash.slice(1)).catch(refused); };
  let hello;
  if (document.documentElement.dataset.carrier === "worker")  // what it will say first stands in a file
    fetch("start.json").then(answer => answer.json()).then(start => { if (!app.ready) take({ ...start, rewound: true }); }).catch(() => {});
  try { hello = await connect(); } catch (error) { $("where").textContent = `Python does not answer: ${error.message}`; return; }
  app.ready = true;
  listen();
  const hide = (new URLSearchParams(location.hash.slice(1)).get("hide") || "").split(",");
  buildControls(hello.catalogue, set, hide);
  if (hello.book) { $("book").href = hello.book; $("book").hidden = false; if (document.documentElement.dataset.carrier !== "worker") $("book").textContent = "Source"; onExplain({ book: place => `${hello.book}${place.module}.html#L${place.line}` }); }
  race(hello.catalogue);
  take({ ...hello, rewound: true });
  document.documentElement.dataset.ready = "yes";
  if (isAddress()) open(location.hash.slice(1)).catch(refused); else rest();
}
begin();
