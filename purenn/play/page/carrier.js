// The carrier: takes requests to Python and answers back, one at a time, in the order asked.
// There are two: the server on this computer, and Python in a worker of the browser.

let session = null, number = 0, queue = Promise.resolve(), send = null;

export const events = { stage() {}, lost() {} };

async function overHTTP(text) {
  for (let tries = 0; ; tries++) {
    const answer = await fetch("api", { method: "POST", body: text,
      headers: { "Content-Type": "application/json" } });
    if (answer.status === 503 && tries < 20) { await wait(200); continue; }
    if (!answer.ok) throw new Error(`the server refused (${answer.status})`);
    return answer.text();
  }
}

function inWorker() {
  const worker = new Worker("worker.js", { type: "module" }), waiting = new Map();
  let heard = Date.now(), ready = false;
  const watch = setInterval(() => {
    if (!ready && Date.now() - heard > 20000) {
      clearInterval(watch);
      events.stage({ failed: "Python has not loaded for 20 seconds. On a slow line or computer, wait. If this page comes from a web " +
        "server with a Content-Security-Policy header, its script-src must allow " +
        "'wasm-unsafe-eval'." });
    }
  }, 1000);
  worker.onerror = event => events.stage({ failed: `The worker failed: ${event.message || "it could not be loaded"}` });
  worker.onmessage = ({ data }) => {
    heard = Date.now();
    if (data.stage) { ready = ready || data.ready; return events.stage(data); }
    waiting.get(data.number)?.(data.text);
    waiting.delete(data.number);
  };
  return text => new Promise(resolve => {
    const one = ++number;
    waiting.set(one, resolve);
    worker.postMessage({ number: one, text });
  });
}

export const wait = ms => new Promise(resolve => setTimeout(resolve, ms));

export async function connect() {
  send = document.documentElement.dataset.carrier === "worker" ? inWorker() : overHTTP;
  return hello();
}

async function hello() {
  const answer = JSON.parse(await send(JSON.stringify({ v: 1, id: ++number, op: "hello" })));
  if (!answer.ok) throw new Error(answer.error.message);
  session = answer.session;
  return answer;
}

// Returns the answer; an answer that is a refusal is thrown.
export function ask(op, fields = {}) {
  const one = queue.then(() => exchange(op, fields));
  queue = one.catch(() => {});
  return one;
}

async function exchange(op, fields) {
  let answer;
  try {
    answer = JSON.parse(await send(JSON.stringify({ v: 1, id: ++number, session, op, ...fields })));
  } catch (error) {
    throw Object.assign(new Error("Python does not answer any more: is it still running?"),
      { code: "lost", cause: error });
  }
  if (!answer.ok) {
    if (answer.error.code === "no_session") events.lost(await hello());
    throw Object.assign(new Error(answer.error.message), answer.error);
  }
  return answer;
}

export const bytesToText = bytes => {
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768)
    text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(text);
};
export const textToBytes = text => Uint8Array.from(atob(text), one => one.charCodeAt(0));
