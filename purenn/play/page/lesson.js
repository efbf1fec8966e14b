// A lesson of the book, run in the reader's browser: each cell's output is computed again.

const here = document.currentScript || document.querySelector("script[data-part]");
const part = Number(here.dataset.part);
const main = document.querySelector("main");
const bar = document.createElement("p"), button = document.createElement("button"), said = document.createElement("span");
bar.className = "run-here"; said.setAttribute("role", "status");
button.type = "button"; button.textContent = "Run this part here";
bar.append(button, " ", said);
main.prepend(bar);

button.addEventListener("click", () => {
  button.disabled = true;
  said.textContent = "Loading Python…";
  const cells = [...document.querySelectorAll(".cell")], worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
  let count = 0;
  worker.onerror = () => { said.textContent = "Python could not be loaded."; };
  worker.onmessage = ({ data }) => {
    if (data.failed) said.textContent = data.failed;
    else if (data.stage) { said.textContent = data.ready ? "Running…" : data.stage; }
    else if (data.cell) { show(cells[count++], data.cell); said.textContent = `Running: ${count} of ${cells.length} cells done.`; }
    else if (data.done) {
      said.textContent = data.error ? `It stopped: ${data.error}` : `Done: ${count} cells, computed in this browser just now.`;
      button.disabled = false; worker.terminate();
    }
  };
  worker.postMessage({ part });
});

function show(cell, outputs) {
  if (!cell) return;
  cell.querySelectorAll(":scope > .output, :scope > figure, :scope > .picture").forEach(one => one.remove());
  for (const output of outputs) {
    if (output.svg) {
      const image = document.createElement("img");
      image.alt = "The picture that this cell drew";
      image.src = URL.createObjectURL(new Blob([output.svg], { type: "image/svg+xml" }));
      const figure = document.createElement("figure");
      figure.append(image); cell.append(figure);
    } else if (output.text.trim()) {
      const text = document.createElement("pre");
      text.className = "output here"; text.tabIndex = 0;
      text.textContent = output.text.replace(/\s+$/, "");
      cell.append(text);
    }
  }
}
