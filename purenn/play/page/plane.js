// The plane: what the network says everywhere, and the points on it.

import { $, bytes, classColour, context, heat, mark, palette, ticks } from "./draw.js";

// What a canvas shows is not drawn again.
const drawn = new WeakMap();
function isDrawn(canvas, shows) {
  const before = drawn.get(canvas);
  drawn.set(canvas, shows);
  return !!before && before.every((one, i) => one === shows[i]);
}
export const stale = canvas => drawn.delete(canvas);

const SIDE = 210, FINE = 420;  // pixels while it runs, and when there is time

// Decodes a column of cells into numbers from −1 to 1 (NaN where not finite).
export function decode(text) {
  const cells = bytes(text), found = new Float32Array(cells.length);
  for (let i = 0; i < cells.length; i++) found[i] = cells[i] === 255 ? NaN : (cells[i] - 127) / 127;
  return found;
}

// Joins slices of rows into whole pictures, which may have had different scales.
export function joined(slices) {
  const first = slices[0], n = first.n;
  const neurons = first.neurons.map((layer, l) => layer.map((_, k) => {
    const biggest = Math.max(...slices.map(one => one.range[l][k]));
    const cells = new Uint8Array(first.curve ? n : n * n);
    for (const one of slices) {
      const part = bytes(one.neurons[l][k]), factor = biggest ? one.range[l][k] / biggest : 0;
      for (let i = 0; i < part.length; i++)
        cells[one.rows[0] * n + i] = part[i] === 255 ? 255 : Math.round(127 + (part[i] - 127) * factor);
    }
    return cells;
  }));
  return { n, neurons, range: first.range.map((layer, l) =>
    layer.map((_, k) => Math.max(...slices.map(one => one.range[l][k])))), curve: first.curve, added: first.added };
}

function stretched(values, n, side) {
  const found = new Float32Array(side * side);
  for (let y = 0; y < side; y++) {
    const v = Math.min(n - 1, Math.max(0, (y + .5) / side * n - .5)), y0 = Math.floor(v), y1 = Math.min(n - 1, y0 + 1), fy = v - y0;
    for (let x = 0; x < side; x++) {
      const u = Math.min(n - 1, Math.max(0, (x + .5) / side * n - .5)), x0 = Math.floor(u), x1 = Math.min(n - 1, x0 + 1), fx = u - x0;
      const top = values[y0 * n + x0] * (1 - fx) + values[y0 * n + x1] * fx;
      const bottom = values[y1 * n + x0] * (1 - fx) + values[y1 * n + x1] * fx;
      found[y * side + x] = top * (1 - fy) + bottom * fy;
    }
  }
  return found;
}

const cellsToNumbers = cells => Float32Array.from(cells, cell => cell === 255 ? NaN : (cell - 127) / 127);

// Regions: the winner's colour, stronger the surer, and a line where the winner changes.
export function regions(canvas, outputs, n, onlyClass) {
  const wide = Math.round(canvas.clientWidth * Math.min(devicePixelRatio || 1, 2)) || SIDE, colours = palette();
  if (isDrawn(canvas, [outputs, onlyClass, wide, colours])) return;
  const columns = outputs.map(cellsToNumbers);
  if (columns.length === 1) columns.unshift(columns[0].map(p => 1 - p));
  const side = n < 56 ? SIDE : FINE, fields = columns.map(values => stretched(values, n, side)), k = fields.length;
  const winner = new Uint8Array(side * side);
  const { paperRGB, classRGB, ink } = colours;
  const image = new ImageData(side, side), data = image.data;
  for (let i = 0; i < winner.length; i++) {
    let best = 0;
    for (let c = 1; c < k; c++) if (fields[c][i] > fields[best][i]) best = c;
    winner[i] = best;
    const p = fields[best][i], sure = (p - 1 / k) / (1 - 1 / k);
    const part = Number.isNaN(p) ? 0 : onlyClass ? .4 : .12 + .38 * Math.max(0, Math.min(1, sure));
    const colour = classRGB[best % 10];
    for (let c = 0; c < 3; c++) data[4 * i + c] = paperRGB[c] + (colour[c] - paperRGB[c]) * part;
    data[4 * i + 3] = 255;
  }
  const line = [1, 3, 5].map(at => parseInt(ink.slice(at, at + 2), 16));
  for (let y = 1; y < side; y++) for (let x = 1; x < side; x++) {
    const i = y * side + x;
    if (winner[i] !== winner[i - 1] || winner[i] !== winner[i - side])
      for (let c = 0; c < 3; c++) data[4 * i + c] = .45 * data[4 * i + c] + .55 * line[c];
  }
  const small = new OffscreenCanvas(side, side);
  small.getContext("2d").putImageData(image, 0, 0);
  if (canvas.width !== wide) canvas.width = canvas.height = wide;
  const pen = canvas.getContext("2d");
  pen.imageSmoothingEnabled = true;
  pen.drawImage(small, 0, 0, wide, wide);
}

export const scaleOf = (canvas, box) => {
  const w = canvas.clientWidth, h = canvas.clientHeight, [x0, x1, y0, y1] = box;
  return { x: v => (v - x0) / (x1 - x0) * w, y: v => (1 - (v - y0) / (y1 - y0)) * h,
    fromX: px => x0 + px / w * (x1 - x0), fromY: px => y0 + (1 - px / h) * (y1 - y0), w, h };
};

export function axes(pen, scale, plane) {
  const { soft, line } = palette();
  pen.font = "12px system-ui, sans-serif"; pen.fillStyle = soft; pen.strokeStyle = line;
  pen.lineWidth = 1;
  plane.ticks[0].forEach(([value, label]) => {
    const x = scale.x(value);
    if (x < 14 || x > scale.w - 14 - pen.measureText(plane.labels[0] + " →").width) return;
    pen.beginPath(); pen.moveTo(x, scale.h); pen.lineTo(x, scale.h - 5); pen.stroke();
    pen.textAlign = "center"; pen.fillText(label.replace("-", "−"), x, scale.h - 7);
  });
  plane.ticks[1].forEach(([value, label]) => {
    const y = scale.y(value);
    if (y < 14 || y > scale.h - 24) return;
    pen.beginPath(); pen.moveTo(0, y); pen.lineTo(5, y); pen.stroke();
    pen.textAlign = "left"; pen.fillText(label.replace("-", "−"), 7, y + 4);
  });
  pen.textAlign = "right"; pen.fillText(plane.labels[0] + " →", scale.w - 4, scale.h - 7);
  pen.textAlign = "left"; pen.fillText("↑ " + plane.labels[1], 6, 13);
}

export function dots(canvas, data, view) {
  if (isDrawn(canvas, [data, JSON.stringify(view), palette(), canvas.clientWidth])) return;
  const pen = context(canvas), scale = scaleOf(canvas, data.plane.box);
  axes(pen, scale, data.plane);
  const many = data.parts.reduce((sum, part) => sum + part.length, 0);
  const r = many > 700 ? 3 : many > 350 ? 4 : 5;
  data.parts.forEach((part, which) => {
    if (!(which ? view.held : view.train)) return;
    part.forEach(([x, y, label, far]) => {
      pen.globalAlpha = 1 - .75 * far;
      mark(pen, label, scale.x(x), scale.y(y), r, which === 1);
    });
    pen.globalAlpha = 1;
    if (view.wrong && view.rings && view.rings[which]) for (const row of view.rings[which]) {
      const [x, y] = part[row];
      pen.beginPath(); pen.arc(scale.x(x), scale.y(y), r + 3.5, 0, 7);
      pen.strokeStyle = palette().ink; pen.lineWidth = 1.5; pen.stroke();
    }
  });
  if (view.selected) {
    const point = data.parts[view.selected[0]]?.[view.selected[1]];
    if (point) {
      pen.beginPath(); pen.arc(scale.x(point[0]), scale.y(point[1]), r + 6, 0, 7);
      pen.strokeStyle = palette().focus; pen.lineWidth = 3; pen.stroke();
    }
  }
  if (view.cross) {
    const x = scale.x(view.cross[0]), y = scale.y(view.cross[1]);
    pen.strokeStyle = palette().focus; pen.lineWidth = 2; pen.beginPath();
    pen.moveTo(x - 10, y); pen.lineTo(x + 10, y); pen.moveTo(x, y - 10); pen.lineTo(x, y + 10); pen.stroke();
  }
}

export function cleared(canvas) { stale(canvas); context(canvas); }

// One input: the network's curve, over the points.
export function curve(canvas, values, box, colour) {
  stale(canvas);
  const pen = canvas.getContext("2d"), scale = scaleOf(canvas, box), n = values.length;
  pen.beginPath();
  values.forEach((value, i) => {
    if (value === null) return;
    const x = (i + .5) / n * scale.w, y = scale.y(value);
    i ? pen.lineTo(x, y) : pen.moveTo(x, y);
  });
  pen.strokeStyle = palette().paper; pen.lineWidth = 6; pen.stroke();
  pen.strokeStyle = colour || palette().ink; pen.lineWidth = 3; pen.stroke();
}

// One input: what each neuron adds, its weight times its output; the sum of all, the bias too, is the curve.
export function added(canvas, columns, box, marked) {
  const pen = canvas.getContext("2d"), scale = scaleOf(canvas, box), { focus, soft } = palette();
  (columns || []).slice(0, -1).forEach((values, k) => {
    pen.beginPath();
    values.forEach((value, i) => { if (value !== null) pen[i ? "lineTo" : "moveTo"]((i + .5) / values.length * scale.w, scale.y(value)); });
    pen.globalAlpha = marked === null || marked === k ? .9 : .25; pen.lineWidth = marked === k ? 3 : 1;
    pen.strokeStyle = marked === k ? focus : soft;
    pen.stroke();
  });
  pen.globalAlpha = 1;
}

export function nearest(canvas, data, px, py) {
  const scale = scaleOf(canvas, data.plane.box);
  let best = null, least = 14 * 14;
  data.parts.forEach((part, which) => part.forEach(([x, y], row) => {
    const d = (scale.x(x) - px) ** 2 + (scale.y(y) - py) ** 2;
    if (d < least) { least = d; best = [which, row]; }
  }));
  return best;
}

// The last hidden layer's own plane, where the boundaries are straight.
export function hiddenSpace(canvas, dotsCanvas, found) {
  stale(dotsCanvas);
  regions(canvas, found.cells.map(bytes), found.n, false);
  const pen = context(dotsCanvas), scale = scaleOf(dotsCanvas, found.box);
  axes(pen, scale, { labels: found.labels, ticks: [
    ticks(found.box[0], found.box[1], 5).map(v => [v, String(v)]),
    ticks(found.box[2], found.box[3], 5).map(v => [v, String(v)])] });
  found.points.forEach(([x, y, label]) => mark(pen, label, scale.x(x), scale.y(y), 4, false));
}

// What one neuron says over the plane, large.
export function neuronLarge(canvas, cells, n, wide) {
  const size = Math.round(canvas.clientWidth * Math.min(devicePixelRatio || 1, 2)) || SIDE;
  stale(canvas);
  if (canvas.width !== size) canvas.width = canvas.height = size;
  heat(canvas, cells, n, wide ? 1 : n);
}
