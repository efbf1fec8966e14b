// The keyboard: single keys act in the network and the plane, or everywhere once switched on.

import { $, dialog, make } from "./draw.js";

const LIST = [["K", "run or pause"], ["E", "one example"], ["B", "one batch"], ["N", "one epoch"], ["Z", "back"],
  ["Home", "rewind"], ["arrows", "move among neurons"], ["W", "the weights of this neuron as a table"], ["Enter", "explain what has focus"],
  ["F2", "another value for the weight that is explained"], ["P", "to the plane; arrows move a cross, Enter selects or puts a point, 1 to 5 choose a class, Delete takes the nearest away"],
  ["C", "to the curves; arrows read values, Enter goes to an epoch"], ["Escape", "close"], ["?", "this list"]];

export function listenKeys(does, move) {
  let everywhere = localStorage.getItem("keys") === "on";
  const help = () => {
    const box = make("input", { type: "checkbox", checked: everywhere });
    box.addEventListener("change", () => { everywhere = box.checked; localStorage.setItem("keys", everywhere ? "on" : "off"); });
    dialog("Keys", make("p", {}, make("label", {}, box, " single keys act everywhere on the page, not only in the network and the plane")),
      make("table", {}, make("tbody", {}, ...LIST.map(([key, what]) => make("tr", {}, make("th", { textContent: key, scope: "row" }), make("td", { textContent: what }))))));
  };
  $("keys-help").addEventListener("click", help);
  addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || $("dialog").open) return;
    const here = event.target, typing = here.closest("input, select, textarea");
    if (typing) return;
    const inside = here.closest("#network, #plane");
    if (event.key.startsWith("Arrow") && here.closest("#graph") && move(event.key)) return event.preventDefault();
    if (here.id === "dots" && does.plane(event)) return event.preventDefault();
    if (!everywhere && !inside) return;
    const act = { k: does.run, e: () => does.step("example"), b: () => does.step("batch"), n: () => does.step("epoch"), z: does.back,
      Home: does.rewind, p: () => $("dots").focus(), c: () => $("chart").focus(), F2: does.edit, "?": help,
      w: () => { $("weights-box").open = true; does.weights(); $("weights-table").querySelector("button")?.focus(); } }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (act && here.id !== "chart") { event.preventDefault(); act(); }
  });
}
