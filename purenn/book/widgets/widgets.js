// What all widgets have in common: finding them, making elements, writing numbers.
"use strict";

const widgets = {
  start(name, build) {
    for (const figure of document.querySelectorAll(`figure[data-widget="${name}"]`)) {
      build(figure, JSON.parse(figure.querySelector("script").textContent));
      figure.classList.add("alive");
    }
  },

  make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  },

  draw(tag, attributes = {}, text = "") {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  },

  shown(value) {
    if (Number.isNaN(value)) return "nan";
    if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
    if (Math.abs(value) >= 1e6) return widgets.scientific(value);
    let text = value.toFixed(4).replace(/\.?0+$/, "");
    if (text === "-0" || text === "") text = "0";
    return text.replace(/-/g, "−");
  },

  // Three digits and a power of ten: 6.14·10⁻⁶.
  scientific(value) {
    const [digits, power] = value.toExponential(2).split("e");
    const raised = [...String(Number(power))].map((one) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(one)]);
    return `${digits.replace(/\.?0+$/, "")}·10${raised.join("")}`.replace("-", "−");
  },

  // A number that is not 0 is never shown as 0.
  exactly(value) {
    return value !== 0 && Math.abs(value) < 5e-5 ? widgets.scientific(value) : widgets.shown(value);
  },

  // In brackets if it is negative: what stands behind a sign or a dot.
  bracketed(value) {
    const text = widgets.shown(value);
    return text.startsWith("−") ? `(${text})` : text;
  },

  button(text, action) {
    return widgets.make("button", { type: "button", onclick: action }, text);
  },

  // A finger that scrolls the page may begin on a slider, which then takes its old value again.
  range(attributes) {
    const range = widgets.make("input", { type: "range", ...attributes });
    let before = range.value;
    range.addEventListener("pointerdown", () => { before = range.value; }, { capture: true });
    range.addEventListener("pointercancel", () => {
      range.value = before;
      range.dispatchEvent(new Event("input", { bubbles: true }));
    });
    return range;
  },

  // A number to be set: by sliding, with the arrow keys, or step by step with − and +.
  slider(label, low, high, step, value, changed) {
    const range = widgets.range({ min: low, max: high, step, value, "aria-label": label });
    const said = widgets.make("output", {}, widgets.shown(value));
    const by = (text, name, change) => widgets.make("button", { type: "button", class: "by-one",
      "aria-label": `${label}: ${name}`, onclick: () => {
        change();
        range.dispatchEvent(new Event("input", { bubbles: true }));
      } }, text);
    const row = widgets.make("div", { class: "slider" },
      widgets.make("span", { "aria-hidden": "true" }, label), said,
      by("−", "one step less", () => range.stepDown()), range,
      by("+", "one step more", () => range.stepUp()));
    const set = (number) => {
      range.value = number;
      said.textContent = widgets.shown(Number(range.value));
    };
    range.addEventListener("input", () => { set(range.value); changed(Number(range.value)); });
    return { row, set };
  },

  field(label, value, changed) {
    const input = widgets.make("input", { type: "number", step: "any", value, "aria-label": label });
    input.addEventListener("input", () => {
      if (input.value !== "" && Number.isFinite(Number(input.value))) changed(Number(input.value));
    });
    return widgets.make("label", { class: "field" }, label, input);
  },

  // How many of a thing: "1 step", "2 steps".
  counted(number, thing) {
    return `${number} ${thing}${number === 1 ? "" : "s"}`;
  },

  // The frame of a chart that `draw` made: where numbers are on the picture.
  frameOf(picture, limits) {
    const inner = picture.querySelector("svg");
    const [x, y, width, height] = ["x", "y", "width", "height"].map(
      (name) => Number(inner.getAttribute(name)));
    const [xLow, xHigh, yLow, yHigh] = limits;
    return {
      inner, x, y, width, height,
      across: (value) => x + width * (value - xLow) / (xHigh - xLow),
      down: (value) => y + height * (1 - (value - yLow) / (yHigh - yLow)),
      valueAt(event) {
        const point = new DOMPoint(event.clientX, event.clientY)
          .matrixTransform(picture.getScreenCTM().inverse());
        return [xLow + (xHigh - xLow) * (point.x - x) / width,
          yLow + (yHigh - yLow) * (1 - (point.y - y) / height)];
      },
    };
  },
};
