// The network: a button with a picture for each neuron, a line for each weight.

import { $, bytes, context, format, heat, hideCard, make, palette, showCard } from "./draw.js";

let layout = null, links = [], scale = 1, hovered = null, highlighted = null;
const callbacks = { select() {}, hover() {} };
export const onNetwork = given => Object.assign(callbacks, given);

const IMAGE_INPUTS = 16;  // more inputs than this are drawn as one block

// Lays out neurons for a network of this shape; called when the shape or the width changes.
export function build(network) {
  const graph = $("graph"), box = $("neurons");
  const asBlock = network.inputs.length > IMAGE_INPUTS;
  const columns = [asBlock ? [`${network.inputs.length} inputs`] : network.inputs,
    ...network.hidden.map(width => Array(width).fill("")), network.outputs];
  const most = Math.max(...columns.map(column => column.length));
  const wide = graph.clientWidth, narrow = wide < 460;
  let size = most <= 8 ? 44 : most <= 12 ? 32 : most <= 16 ? 26 : 20;
  if (narrow) size = Math.min(size, most <= 8 ? 30 : 26);
  const gap = size > 40 ? 14 : size > 26 ? 9 : 5;
  const high = Math.max(narrow ? 200 : 240, most * (size + gap) + 26);
  graph.style.height = high + "px";
  const left = narrow ? 30 : 62, right = narrow ? 52 : 92;
  const step = (wide - left - right - size) / Math.max(1, columns.length - 1);
  const nodes = [];
  columns.forEach((column, c) => {
    const total = column.length * (size + gap) - gap, top = 14 + (high - 26 - total) / 2;
    column.forEach((name, k) => nodes.push({ c, k, name, size,
      x: left + c * step, y: top + k * (size + gap) }));
  });
  layout = { nodes, columns, size, wide, high, network, asBlock };
  box.replaceChildren(...nodes.map(node => button(node)));
  const first = box.querySelector(".neuron");
  if (first) first.tabIndex = 0;
  nodes.filter(node => node.name && (node.c === 0 || node.c === columns.length - 1)).forEach(node => {
    const label = make("span", { className: "name", textContent: node.name, title: node.name });
    label.style.top = node.y + size / 2 - 9 + "px";
    if (node.c === 0) { label.style.right = wide - node.x + 6 + "px"; label.style.maxWidth = left - 4 + "px"; }
    else { label.style.left = node.x + size + 6 + "px"; label.style.maxWidth = right - 4 + "px"; }
    box.append(label);
  });
  measureLinks();
}

const titled = node => node.c === 0 ? `input ${node.name}`
  : node.c === layout.columns.length - 1 ? `output ${node.name}`
  : `hidden layer ${node.c}, neuron ${node.k + 1}`;

function button(node) {
  const one = make("button", { type: "button", className: "neuron", tabIndex: -1 });
  one.style.left = node.x + "px"; one.style.top = node.y + "px";
  one.style.width = one.style.height = node.size + "px";
  one.setAttribute("aria-label", titled(node));
  const canvas = make("canvas", { width: Math.min(56, node.size * 2), height: Math.min(56, node.size * 2) });
  canvas.setAttribute("aria-hidden", "true");
  one.append(canvas);
  if (node.c > 0) {
    one.append(make("span", { className: "bias" }));
    one.addEventListener("click", () => callbacks.select({ kind: "neuron", layer: node.c - 1, neuron: node.k }));
  } else one.addEventListener("click", () => callbacks.select({ kind: "example" }));
  one.addEventListener("pointerenter", event => { callbacks.hover(node.c, node.k); if (event.pointerType === "mouse") showCard(one.getAttribute("aria-label"), event.clientX, event.clientY); });
  one.addEventListener("pointerleave", () => { callbacks.hover(null); hideCard(); });
  one.addEventListener("focus", () => callbacks.hover(node.c, node.k));
  one.addEventListener("blur", () => callbacks.hover(null));
  node.button = one; node.canvas = canvas;
  return one;
}

export function move(key) {
  const all = layout.nodes, now = all.find(node => node.button === document.activeElement);
  if (!now) return false;
  const column = all.filter(node => node.c === now.c + (key === "ArrowRight") - (key === "ArrowLeft"));
  const k = now.k + (key === "ArrowDown") - (key === "ArrowUp");
  const next = column[Math.max(0, Math.min(column.length - 1, k))];
  if (!next) return false;
  now.button.tabIndex = -1; next.button.tabIndex = 0; next.button.focus();
  return true;
}

function measureLinks() {
  links = [];
  const at = (c, k) => layout.nodes.find(node => node.c === c && node.k === k);
  for (let c = 1; c < layout.columns.length; c++) {
    if (c === 1 && layout.asBlock) continue;
    for (let o = 0; o < layout.columns[c].length; o++)
      for (let i = 0; i < layout.columns[c - 1].length; i++) {
        const from = at(c - 1, i), to = at(c, o), half = layout.size / 2;
        links.push({ layer: c - 1, neuron: o, input: i, x0: from.x + layout.size, y0: from.y + half,
          x1: to.x, y1: to.y + half });
      }
  }
}

const rounded = value => {
  const power = 10 ** Math.floor(Math.log10(value || 1));
  return [1, 2, 5, 10].map(one => one * power).find(one => one >= value * .9999) || 1;
};

// Lines: width and strength by size; blue adds, orange and dashed subtracts.
export function drawLinks(weights) {
  if (!layout) return;
  const pen = context($("links"), layout.wide, layout.high), { above, below, focus } = palette();
  let biggest = 0;
  for (const { w } of weights) for (const row of w) for (const one of row) biggest = Math.max(biggest, Math.abs(one) || 0);
  scale = rounded(biggest);
  for (const link of links) link.w = weights[link.layer]?.w[link.neuron]?.[link.input] ?? 0;
  const counts = {};
  for (const link of links) counts[link.layer] = (counts[link.layer] || 0) + 1;
  for (const link of [...links].sort((a, b) => Math.abs(a.w) - Math.abs(b.w))) {
    const part = Math.min(1, Math.abs(link.w) / scale), crowded = counts[link.layer] > 100;
    const chosen = same(link, hovered) || same(link, highlighted);
    if (crowded && part < .1 && !chosen) continue;
    pen.globalAlpha = chosen ? 1 : .25 + .75 * part;
    pen.lineWidth = .5 + (crowded ? 3 : 5.5) * part + (chosen ? 2 : 0);
    pen.strokeStyle = chosen ? focus : link.w < 0 ? below : above;
    pen.setLineDash(link.w < 0 ? [6, 4] : []);
    pen.beginPath(); pen.moveTo(link.x0, link.y0);
    const bend = (link.x1 - link.x0) * .45;
    pen.bezierCurveTo(link.x0 + bend, link.y0, link.x1 - bend, link.y1, link.x1, link.y1);
    pen.stroke();
  }
  pen.globalAlpha = 1; pen.setLineDash([]);
  $("legend").textContent = `Lines are weights: blue adds, orange and dashed subtracts; the thickest stands for ±${format(scale)}. Pictures are outputs over the plane.`;
  for (const node of layout.nodes) {
    if (!node.c) continue;
    const bias = weights[node.c - 1]?.b[node.k] ?? 0, square = node.button.querySelector(".bias");
    if (square) square.style.background = bias < 0 ? below : above, square.style.opacity = .25 + .75 * Math.min(1, Math.abs(bias) / scale);
    node.bias = bias;
  }
}

const same = (link, other) => other && link.layer === other.layer && link.neuron === other.neuron && link.input === other.input;
export const highlight = link => { highlighted = link && link.layer === undefined ? { layer: link[0], neuron: link[1], input: link[2] } : link; };

export function drawNeurons(picture, weights, line, digits) {
  if (!layout || !picture) return;
  for (const node of layout.nodes) {
    const { canvas } = node;
    if (node.c === 0) { drawInput(node, line); continue; }
    if (digits && node.c === 1) {
      const row = weights[0].w[node.k], most = Math.max(...row.map(Math.abs)) || 1;
      if (row.length === 64) { heat(canvas, Uint8Array.from(row, one => Math.round(127 + 127 * one / most)), 8, 8); continue; }
    }
    const cells = picture.neurons[node.c - 1]?.[node.k];
    if (!cells || (node.shows === cells && node.colours === palette())) continue;
    node.shows = cells; node.colours = palette();
    line ? drawLine(canvas, cells) : heat(canvas, cells, picture.n, picture.n);
  }
}

function drawLine(canvas, cells) {
  const pen = canvas.getContext("2d"), { above, line, paper } = palette(), w = canvas.width, h = canvas.height;
  pen.fillStyle = paper; pen.fillRect(0, 0, w, h);
  pen.strokeStyle = line; pen.beginPath(); pen.moveTo(0, h / 2); pen.lineTo(w, h / 2); pen.stroke();
  pen.strokeStyle = above; pen.lineWidth = 2; pen.beginPath();
  cells.forEach((cell, i) => pen[i ? "lineTo" : "moveTo"]((i + .5) / cells.length * w, h / 2 - (cell - 127) / 127 * h * .46));
  pen.stroke();
}

function drawInput(node, line) {
  const pen = node.canvas.getContext("2d"), n = 16, cells = new Uint8Array(n * n), shown = layout.columns[0].length;
  for (let y = 0; y < n; y++) for (let x = 0; x < n; x++)
    cells[y * n + x] = shown > 2 || layout.asBlock ? 127 : Math.round(254 * (node.k ? 1 - (y + .5) / n : (x + .5) / n));
  heat(node.canvas, cells, n, n);
  if (shown > 2 || layout.asBlock) {
    pen.fillStyle = palette().soft; pen.font = `${node.canvas.height * .45}px sans-serif`; pen.textAlign = "center";
    pen.fillText(layout.asBlock ? "▦" : String(node.k + 1), node.canvas.width / 2, node.canvas.height * .66);
  }
}

const SIGNS = { "dead unit": "×", saturated: "▬", twins: "=" };
export function label(notes, row) {
  if (!layout) return;
  for (const node of layout.nodes) {
    const marks = notes.filter(note => SIGNS[note.kind] && note.units.some(([l, k]) => l === node.c - 1 && k === node.k));
    node.button.querySelector(".mark")?.remove();
    node.button.querySelector(".value")?.remove();
    if (marks.length) node.button.append(make("span", { className: "mark", textContent: SIGNS[marks[0].kind] }));
    const told = node.c ? `, bias ${format(node.bias ?? 0)}` : "";
    let value = null;
    if (row) value = node.c === 0 ? (layout.asBlock ? null : row.inputs[node.k]) : row.activations[node.c - 1]?.[node.k];
    if (value !== null && value !== undefined && layout.size > 24)
      node.button.append(make("span", { className: "value", textContent: format(Number(value.toPrecision(2))) }));
    node.button.setAttribute("aria-label", titled(node) + told + marks.map(note => ", " + note.kind).join("")
      + (value === null || value === undefined ? "" : `, output ${format(value)}`));
  }
}

export function select(of) {
  for (const node of layout?.nodes || [])
    node.button.classList.toggle("selected", !!of && node.c - 1 === of.layer && node.k === of.neuron);
  highlighted = of && of.kind === "weight" ? of : null;
}

// The line nearest to the pointer, at most 8 pixels away.
function nearestLink(x, y) {
  let best = null, least = 64;
  for (const link of links) {
    if (x < link.x0 - 8 || x > link.x1 + 8) continue;
    for (let t = 0; t <= 1; t += 1 / 24) {
      const u = 1 - t, bend = (link.x1 - link.x0) * .45;
      const px = u * u * u * link.x0 + 3 * u * u * t * (link.x0 + bend) + 3 * u * t * t * (link.x1 - bend) + t * t * t * link.x1;
      const py = u * u * u * link.y0 + 3 * u * u * t * link.y0 + 3 * u * t * t * link.y1 + t * t * t * link.y1;
      const d = (px - x) ** 2 + (py - y) ** 2;
      if (d < least) { least = d; best = link; }
    }
  }
  return best;
}

export function listen(redraw) {
  const graph = $("graph");
  const at = event => { const box = graph.getBoundingClientRect(); return nearestLink(event.clientX - box.left, event.clientY - box.top); };
  graph.addEventListener("pointermove", event => {
    if (event.target.closest(".neuron")) return;
    const link = at(event);
    if (link !== hovered) { hovered = link; redraw(); }
    if (link) showCard(`${nameOf(link)}: ${format(link.w)}. Click to explain it.`, event.clientX, event.clientY); else hideCard();
    graph.style.cursor = link ? "pointer" : "";
  });
  graph.addEventListener("pointerleave", () => { hovered = null; hideCard(); redraw(); });
  graph.addEventListener("click", event => {
    if (event.target.closest(".neuron")) return;
    const link = at(event);
    if (link) callbacks.select({ kind: "weight", layer: link.layer, neuron: link.neuron, input: link.input });
  });
}

export const nameOf = link => {
  const last = link.layer === layout.network.hidden.length;
  const from = link.layer === 0 ? layout.network.inputs[link.input] : `neuron ${link.input + 1}`;
  const to = last ? `output ${layout.network.outputs[link.neuron]}` : `hidden ${link.layer + 1}, neuron ${link.neuron + 1}`;
  return `weight from ${from} to ${to}`;
};

let inTable = null;
export function weightsTable(weights, explain) {
  if (weights === inTable) return;
  inTable = weights;
  const focused = document.activeElement.closest("#weights-table") && document.activeElement.getAttribute("aria-label");
  const body = make("tbody");
  weights.forEach(({ w, b }, layer) => w.forEach((row, neuron) => [...row, b[neuron]].forEach((value, input) => {
    if (body.rows.length >= 600) return;
    const of = input < row.length ? { kind: "weight", layer, neuron, input } : { kind: "bias", layer, neuron };
    const name = input < row.length ? nameOf(of) : `bias of ${nameOf({ layer, neuron, input: 0 }).split(" to ")[1]}`;
    const button = make("button", { type: "button", textContent: "Explain" });
    button.setAttribute("aria-label", `Explain the ${name}`);
    button.addEventListener("click", () => explain(of));
    body.append(make("tr", {}, make("td", { textContent: name }), make("td", { textContent: format(value) }), make("td", {}, button)));
  })));
  const scroll = make("div", { className: "scroll", tabIndex: 0 }, make("table", {}, make("thead", {}, make("tr", {},
    ...["weight", "value", ""].map(text => make(text ? "th" : "td", { textContent: text })))), body));
  scroll.setAttribute("role", "region"); scroll.setAttribute("aria-label", "All weights");
  $("weights-table").replaceChildren(scroll);
  if (focused) [...body.querySelectorAll("button")].find(one => one.getAttribute("aria-label") === focused)?.focus();
}
