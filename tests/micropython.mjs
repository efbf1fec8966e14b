// Run a script on MicroPython's WebAssembly build: node micropython.mjs MODULE SCRIPT WORD…
// It sees the files of the current folder, and those that the words name.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [module, script, ...words] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(module));
const decoder = new TextDecoder();
const write = text => process.stdout.write(text);
const python = await loadMicroPython({
  heapsize: 64 * 1024 * 1024,
  linebuffer: false,
  stdout: bytes => write(bytes),
});
const names = readdirSync(".").filter(name => statSync(name).isFile());
for (const name of names) python.FS.writeFile(name, readFileSync(name));
words.forEach((word, place) => {
  if (existsSync(word)) {
    python.FS.writeFile(`word${place}`, readFileSync(word));
    words[place] = `word${place}`;
  }
});
python.runPython(`import sys\nsys.argv[:] = ${JSON.stringify([script, ...words])}`);
python.runPython(`exec(open(${JSON.stringify(script)}).read(), {"__name__": "__main__"})`);
