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
    let text = Math.abs(value) >= 1e6 ? value.toExponential(2)
      : value.toFixed(4).replace(/\.?0+$/, "");
    if (text === "-0" || text === "") text = "0";
    return text.replace(/-/g, "−");
  },

  button(text, action) {
    return widgets.make("button", { type: "button", onclick: action }, text);
  },

  // A number to be set: by sliding, with the arrow keys, or typed into the field beside it.
  slider(label, low, high, step, value, changed) {
    const range = widgets.make("input", { type: "range", min: low, max: high, step, value,
      "aria-label": label });
    const said = widgets.make("output", {}, widgets.shown(value));
    const row = widgets.make("div", { class: "slider" },
      widgets.make("span", { "aria-hidden": "true" }, label), range, said);
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
