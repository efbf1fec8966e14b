// The search: every word must occur in a section; those that have it in their heading come first,
// and of those with as much of it the parts before the reference, and the source last.
"use strict";

function found(words) {
  const results = [];
  for (const section of searchIndex) {
    const heading = section.heading.toLowerCase();
    const page = section.page.toLowerCase();
    const text = section.words.toLowerCase();
    let score = 0;
    const weight = section.address.startsWith("part_") ? 3
      : section.heading.startsWith("_") ? 0.2
      : /^(purenn\.|library)/.test(section.address) ? 0.7 : 1;
    for (const word of words) {
      const here = heading === word ? 100
        : heading.split(/[^\p{L}\p{N}_]+/u).some((one) => one.startsWith(word)) ? 30
        : heading.includes(word) ? 15
        : page.includes(word) ? 8
        : text.includes(word) ? 1 + Math.min(12, text.split(word).length - 1) : 0;
      if (!here) { score = 0; break; }
      score += here;
    }
    if (score) results.push([weight * score, section]);
  }
  results.sort((a, b) => b[0] - a[0]);
  return results.slice(0, 40).map((one) => one[1]);
}

// The words around the first one that was found, with all of them marked.
function excerpt(text, words) {
  const lower = text.toLowerCase();
  const places = words.map((word) => lower.indexOf(word)).filter((at) => at >= 0);
  const start = places.length ? Math.max(0, Math.min(...places) - 60) : 0;
  const piece = (start ? "… " : "") + text.slice(start, start + 180)
    + (start + 180 < text.length ? " …" : "");
  const paragraph = document.createElement("p");
  let rest = piece;
  while (rest) {
    const first = words.map((word) => [rest.toLowerCase().indexOf(word), word])
      .filter(([at]) => at >= 0).sort((a, b) => a[0] - b[0])[0];
    if (!first) break;
    const mark = document.createElement("mark");
    mark.textContent = rest.slice(first[0], first[0] + first[1].length);
    paragraph.append(rest.slice(0, first[0]), mark);
    rest = rest.slice(first[0] + first[1].length);
  }
  paragraph.append(rest);
  return paragraph;
}

function show(asked) {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  const results = words.length ? found(words) : [];
  document.getElementById("search-state").textContent = !words.length ? "Type some words above."
    : results.length ? `${results.length === 40 ? "The best 40" : results.length} of `
      + `${searchIndex.length} sections have “${asked.trim()}”.`
    : `No section has “${asked.trim()}”. Try fewer or shorter words.`;
  document.getElementById("search-results").replaceChildren(...results.map((section) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = section.address;
    link.textContent = section.heading === section.page ? section.heading
      : `${section.heading} (${section.page})`;
    item.append(link, excerpt(section.words, words));
    return item;
  }));
}

const field = document.getElementById("search-words");
field.value = new URLSearchParams(location.search).get("q") || "";
field.addEventListener("input", () => show(field.value));
field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  history.replaceState(null, "", "?q=" + encodeURIComponent(field.value));
  show(field.value);
});
show(field.value);
field.focus();
