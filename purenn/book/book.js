// What makes the book handier, and nothing that it needs: without this file all of it can be read.
"use strict";

// A copy button on every cell of code, and on code within the text.
function addCopyButtons() {
  for (const box of document.querySelectorAll(".cell, pre.fence, pre.signature")) {
    const codes = box.matches("pre") ? [box] : [...box.querySelectorAll("pre.code")];
    if (!codes.length) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy this code");
    button.addEventListener("click", async () => {
      const text = codes.map((code) => code.textContent.trimEnd()).join("\n\n") + "\n";
      const done = await copied(text.replace(/^(>>> |\.\.\. )/gm, ""));
      button.textContent = done ? "Copied" : "Not copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    if (box.matches("pre")) {
      const around = document.createElement("div");
      around.className = "copied-from";
      box.replaceWith(around);
      around.append(button, box);
    } else {
      box.prepend(button);
    }
  }
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {  // no permission, or an old browser: the way it was done before
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

// What need not scroll need not be a stop of the Tab key.
function dropNeedlessStops() {
  const able = ["pre", ".table", ".formula", ".widget table"].map((one) => `${one}[tabindex]`);
  for (const box of document.querySelectorAll(able.join())) {
    if (box.scrollWidth <= box.clientWidth && box.offsetParent) box.removeAttribute("tabindex");
  }
}

// The list of sections shows where one reads.
function markSections() {
  const links = new Map();
  for (const link of document.querySelectorAll(".page-contents a")) {
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (target) links.set(target, link);
  }
  const mark = () => {
    let current = null;
    for (const target of links.keys()) {
      if (target.getBoundingClientRect().top < 120) current = target;
    }
    for (const [target, link] of links) {
      if (target === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  addEventListener("scroll", mark, { passive: true });
  mark();
}

// A list of contents that lies over the page goes away when it has led somewhere.
function closeContents() {
  for (const list of document.querySelectorAll("nav[popover]")) {
    list.addEventListener("click", (event) => {
      if (event.target.closest("a") && list.matches(":popover-open")) list.hidePopover();
    });
  }
}

// A link into folded code unfolds it; "/" goes to the search.
function listen() {
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    document.getElementById("search-words").focus();
  });
}

addCopyButtons();
dropNeedlessStops();
markSections();
closeContents();
listen();
