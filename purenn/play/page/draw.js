// Drawing: colours from the style sheet, numbers as text, canvases as sharp as the screen.

export const $ = id => document.getElementById(id);
let colours = null;

export function make(tag, properties = {}, ...children) {
  const one = Object.assign(document.createElement(tag), properties);
  one.append(...children.filter(child => child !== null && child !== undefined));
  return one;
}

export function readColours() {
  const style = getComputedStyle(document.documentElement);
  const get = name => style.getPropertyValue("--" + name).trim();
  const rgb = name => [1, 3, 5].map(at => parseInt(get(name).slice(at, at + 2), 16));
  colours = { ink: get("ink"), soft: get("soft"), line: get("line"), paper: get("paper"),
    above: get("above"), below: get("below"), focus: get("focus"), warn: get("warn"),
    zero: rgb("zero"), classes: [...Array(10).keys()].map(i => get("c" + i)),
    classRGB: [...Array(10).keys()].map(i => rgb("c" + i)), paperRGB: rgb("paper") };
  const up = rgb("above"), down = rgb("below");
  colours.table = new Uint32Array(256);
  for (let cell = 0; cell < 255; cell++) {
    const t = (cell - 127) / 127, end = t < 0 ? down : up, part = Math.abs(t);
    const [r, g, b] = colours.zero.map((zero, i) => Math.round(zero + (end[i] - zero) * part));
    colours.table[cell] = 255 << 24 | b << 16 | g << 8 | r;
  }
  colours.table[255] = 255 << 24 | 0x80 << 16 | 0x80 << 8 | 0x80;
  return colours;
}
export const palette = () => colours || readColours();
export const classColour = label => palette().classes[label % 10];

export const bytes = text => Uint8Array.from(atob(text), one => one.charCodeAt(0));

let all = false;
export const showAllDigits = on => { all = on; };
export const format = value => {
  if (value === null || value === undefined) return "not finite";
  if (typeof value !== "number") return String(value);
  let text = all ? String(value) : String(Number(value.toPrecision(4)));
  return text.replace(/-/g, "−");
};
export const percent = value => value === null ? "–" : `${(100 * value).toFixed(1)} %`;

// A context in which one unit is one CSS pixel, whatever the screen's resolution.
export function context(canvas, width = canvas.clientWidth, height = canvas.clientHeight) {
  const scale = Math.min(devicePixelRatio || 1, 2);
  const w = Math.max(1, Math.round(width * scale)), h = Math.max(1, Math.round(height * scale));
  if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

const scratch = document.createElement("canvas");
// Cells (bytes) through the colour table, stretched over the canvas.
export function heat(canvas, cells, wide, high) {
  const pen = canvas.getContext("2d"), table = palette().table;
  scratch.width = wide; scratch.height = high;
  const image = scratch.getContext("2d").createImageData(wide, high);
  const words = new Uint32Array(image.data.buffer);
  for (let i = 0; i < words.length; i++) words[i] = table[cells[i]];
  scratch.getContext("2d").putImageData(image, 0, 0);
  pen.imageSmoothingEnabled = wide > 8 && wide === high;
  pen.drawImage(scratch, 0, 0, canvas.width, canvas.height);
}

// The marks of classes: a shape for each, so that colour is not needed.
export function mark(pen, label, x, y, r, hollow) {
  pen.beginPath();
  const shape = label % 5;
  if (shape === 0) pen.arc(x, y, r, 0, 7);
  else if (shape === 1) pen.rect(x - r * .9, y - r * .9, r * 1.8, r * 1.8);
  else {
    const up = shape === 4 ? -1 : 1;
    const corners = shape === 3 ? [[0, -1.3], [1.2, 0], [0, 1.3], [-1.2, 0]]
      : [[0, -1.25 * up], [1.15, .8 * up], [-1.15, .8 * up]];
    corners.forEach(([a, b], i) => pen[i ? "lineTo" : "moveTo"](x + a * r, y + b * r));
    pen.closePath();
  }
  pen.fillStyle = hollow ? palette().paper : classColour(label);
  pen.strokeStyle = hollow ? classColour(label) : palette().ink;
  pen.lineWidth = hollow ? 2 : 1;
  pen.fill(); pen.stroke();
}

// Round numbers for an axis that goes from low to high.
export function ticks(low, high, most) {
  if (!(high > low)) return [low];
  const rough = (high - low) / most, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(one => one * power).find(one => one >= rough);
  const found = [];
  for (let i = Math.ceil(low / step); i * step <= high + 1e-9 * step; i++)
    found.push(Number((i * step).toPrecision(6)));
  return found;
}

export function say(text) { $("live").textContent = text; }

export function showCard(text, x, y) {
  const card = $("card");
  card.textContent = text; card.hidden = false;
  card.style.left = Math.max(4, Math.min(x + 14, innerWidth - card.offsetWidth - 6)) + "px";
  card.style.top = Math.max(4, Math.min(y + 14, innerHeight - card.offsetHeight - 6)) + "px";
}
export const hideCard = () => { $("card").hidden = true; };

export function dialog(title, ...content) {
  $("dialog-title").textContent = title;
  $("dialog-body").replaceChildren(...content);
  if (!$("dialog").open) $("dialog").showModal();
}
