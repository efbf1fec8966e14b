// Run benchmarks.interpreters in Pyodide under Node:
//     node pyodide.mjs FOLDER_OF_PYODIDE ROOT_OF_PURENN SIZE
import { pathToFileURL } from "node:url";
import path from "node:path";

const [folder, root, size] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(folder, "pyodide.mjs")).href);
const pyodide = await loadPyodide({ indexURL: folder + path.sep });
pyodide.mountNodeFS("/purenn", root);
pyodide.globals.set("size", size);
await pyodide.runPythonAsync(`
import runpy, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "/purenn")
sys.argv = ["interpreters", size]
runpy.run_module("benchmarks.interpreters", run_name="__main__")
`);
