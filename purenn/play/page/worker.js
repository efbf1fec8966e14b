// Python beside the page: a worker that carries requests to purenn's own `handle`.

let answer = null, runPart = null;

const megabytes = bytes => `${(bytes / 1e6).toFixed(1)} MB`;
const stage = (text, more = {}) => postMessage({ stage: text, ...more });

async function begin() {
  try {
    // The smallest module there is: where WebAssembly is forbidden, this says so at once, while the
    // loading of Pyodide would neither end nor fail.
    await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    stage("1 of 4: loading Python, (its size)…");
    const { loadPyodide } = await import("./pyodide/pyodide.mjs");
    const pyodide = await loadPyodide({ indexURL: new URL("./pyodide/", import.meta.url).href });
    stage("2 of 4: loading purenn…");
    const response = await fetch("purenn.zip");
    if (!response.ok) throw new Error(`purenn.zip: ${response.status}`);
    const archive = await response.arrayBuffer();
    stage(`3 of 4: unpacking purenn, ${megabytes(archive.byteLength)}…`);
    pyodide.unpackArchive(archive, "zip");
    stage("4 of 4: starting…");
    answer = pyodide.runPython(`
import json
from purenn.play.server import parse
from purenn.play.refusals import Refused
from purenn.play.session import Playground

def _answering(playground):
    def answer(text):
        try:
            found = playground.handle(parse(text.encode("utf-8", "surrogatepass")))
        except Refused as error:
            found = {"v": 1, "id": None, "ok": False, "error": error.answer()}
        return json.dumps(found, allow_nan=False, separators=(",", ":"))
    return answer

_answering(Playground(book="book/"))
`);
    runPart = (number, tell) => pyodide.globals.get("exec") && pyodide.runPython(`
import json
from purenn.book import parts, running
from purenn.draw import Picture

def _run_part(number, tell):
    part = parts.find(number)
    for ran in running.run(part.cells, part.path, {}):
        if ran.cell.kind == "code":
            tell(json.dumps([{"svg": one.svg()} if isinstance(one, Picture) else {"text": one}
                             for one in ran.outputs]))

_run_part
`)(number, tell);
    stage("ready", { ready: true });
  } catch (error) {
    const forbidden = error instanceof WebAssembly.CompileError || /wasm|WebAssembly/i.test(String(error));
    stage("failed", { failed: forbidden
      ? "This web server's Content-Security-Policy forbids WebAssembly: its script-src must allow 'wasm-unsafe-eval'."
      : `Python could not be loaded: ${error.message}. Is every file of the folder on the web server, and .mjs served as JavaScript?` });
  }
}

const started = begin();
onmessage = async ({ data }) => {
  await started;
  if (data.part) {
    try { runPart(data.part, text => postMessage({ cell: JSON.parse(text) })); postMessage({ done: true }); }
    catch (error) { postMessage({ done: true, error: String(error).slice(-600) }); }
  } else if (answer) postMessage({ number: data.number, text: answer(data.text) });
};
