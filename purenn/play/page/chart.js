// The curves: loss and accuracy from epoch to epoch.

import { $, context, format, make, palette, percent, ticks } from "./draw.js";

const state = { which: 0, log: false, at: null, go() {} };
let frame = null;

const LEFT = 46, RIGHT = 10, TOP = 8, BOTTOM = 22;

export function drawChart(curves, flags, classes) {
  const canvas = $("chart"), pen = context(canvas), w = canvas.clientWidth, h = canvas.clientHeight;
  const { ink, soft, line, classes: colours, warn, focus } = palette();
  const column = state.which ? [2, 4] : [1, 3];
  const rows = curves[0], all = [];
  for (const rowsOf of curves) for (const row of rowsOf) for (const c of column) if (row[c] !== null && row[c] !== undefined) all.push(row[c]);
  if (!all.length) return;
  const log = state.log && !state.which && Math.min(...all) > 0;
  const f = log ? Math.log10 : x => x;
  let low = f(Math.min(...all)), high = f(Math.max(...all));
  if (state.which && classes) { low = Math.min(low, 0); high = 1; }
  else if (!log && !state.which) low = Math.min(0, low);
  if (high - low < 1e-12) { high += .5; low -= .5; }
  const last = Math.max(1, ...curves.map(one => one.length ? one[one.length - 1][0] : 0));
  const X = epoch => LEFT + epoch / last * (w - LEFT - RIGHT);
  const Y = value => TOP + (high - f(value)) / (high - low) * (h - TOP - BOTTOM);
  frame = { X, last, w, rows };
  pen.font = "12px system-ui, sans-serif"; pen.lineWidth = 1;
  const marks = log ? [...Array(40).keys()].map(i => i - 30).filter(p => p >= low - .01 && p <= high + .01).map(p => 10 ** p)
    : ticks(low, high, 4);
  for (const value of marks.length > 1 || !log ? marks : [10 ** low, 10 ** high].map(v => Number(v.toPrecision(2)))) {
    const y = Y(value);
    pen.strokeStyle = line; pen.beginPath(); pen.moveTo(LEFT, y); pen.lineTo(w - RIGHT, y); pen.stroke();
    pen.fillStyle = soft; pen.textAlign = "right"; pen.fillText(format(value), LEFT - 5, y + 4);
  }
  pen.textAlign = "center";
  for (const epoch of ticks(0, last, 6)) if (epoch === Math.round(epoch)) pen.fillText(epoch, Math.max(LEFT, Math.min(w - 12, X(epoch))), h - 6);
  for (const [epoch] of flags) { pen.strokeStyle = warn; pen.beginPath(); pen.moveTo(X(epoch), TOP); pen.lineTo(X(epoch), h - BOTTOM); pen.stroke(); }
  curves.forEach((rowsOf, run) => column.forEach((c, held) => {
    pen.strokeStyle = run ? colours[1] : held ? colours[1] : colours[0];
    if (curves.length > 1) pen.strokeStyle = colours[run];
    pen.lineWidth = 2; pen.setLineDash(held ? [5, 4] : []);
    pen.beginPath();
    let open = false;
    for (const row of rowsOf) {
      if (row[c] === null || row[c] === undefined) { open = false; continue; }
      pen[open ? "lineTo" : "moveTo"](X(row[0]), Y(row[c])); open = true;
    }
    pen.stroke();
  }));
  pen.setLineDash([]);
  if (state.at !== null && rows.length) {
    const row = nearest(state.at);
    pen.strokeStyle = focus; pen.beginPath(); pen.moveTo(X(row[0]), TOP); pen.lineTo(X(row[0]), h - BOTTOM); pen.stroke();
  }
  const row = state.at === null ? rows[rows.length - 1] : nearest(state.at);
  const show = state.which ? (classes ? percent : format) : format;
  $("chart-say").textContent = `Epoch ${row[0]}: ${["loss", classes ? "accuracy" : "R²"][state.which]} ${show(row[column[0]])} training (solid)`
    + (row[column[1]] === null ? "" : `, ${show(row[column[1]])} held out (dashed)`)
    + (curves.length > 1 ? "; blue: first run, vermillion: second" : "");
}

const nearest = epoch => frame.rows.reduce((a, b) => Math.abs(b[0] - epoch) < Math.abs(a[0] - epoch) ? b : a);

export function listenChart(redraw, go) {
  const canvas = $("chart");
  const read = event => {
    const box = canvas.getBoundingClientRect();
    return Math.max(0, Math.min(frame.last, (event.clientX - box.left - LEFT) / (frame.w - LEFT - RIGHT) * frame.last));
  };
  canvas.addEventListener("pointermove", event => { if (frame) { state.at = read(event); redraw(); } });
  canvas.addEventListener("pointerleave", () => { state.at = null; redraw(); });
  canvas.addEventListener("click", event => { if (frame) go(Math.round(read(event))); });
  canvas.addEventListener("keydown", event => {
    if (!frame) return;
    const step = Math.max(1, Math.round(frame.last / 50));
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      state.at = Math.max(0, Math.min(frame.last, (state.at ?? frame.last) + (event.key === "ArrowRight" ? step : -step)));
      event.preventDefault(); redraw();
    } else if (event.key === "Enter" && state.at !== null) go(Math.round(state.at));
    else if (event.key === "Escape") { state.at = null; redraw(); }
  });
  const choose = which => {
    state.which = which;
    $("chart-loss").setAttribute("aria-pressed", which === 0); $("chart-metric").setAttribute("aria-pressed", which === 1);
    canvas.setAttribute("aria-label", `${which ? $("chart-metric").textContent : "Loss"} from epoch to epoch`);
    redraw();
  };
  $("chart-loss").addEventListener("click", () => choose(0));
  $("chart-metric").addEventListener("click", () => choose(1));
  $("chart-log").addEventListener("change", event => { state.log = event.target.checked; redraw(); });
}

export function curveTable(rows, classes) {
  const shown = rows.length > 60 ? rows.filter((_, i) => i % Math.ceil(rows.length / 60) === 0 || i === rows.length - 1) : rows;
  const metric = classes ? "accuracy" : "R²";
  const scroll = make("div", { className: "scroll", tabIndex: 0 }, make("table", {},
    make("thead", {}, make("tr", {}, ...["epoch", "loss", metric, "held-out loss", `held-out ${metric}`].map(text => make("th", { textContent: text })))),
    make("tbody", {}, ...shown.map(row => make("tr", {}, ...row.map((value, i) => make("td", { textContent: value === null ? "–" : i ? format(value) : value })))))));
  scroll.setAttribute("role", "region"); scroll.setAttribute("aria-label", "Loss and accuracy by epoch");
  $("curve-table").replaceChildren(scroll);
}
