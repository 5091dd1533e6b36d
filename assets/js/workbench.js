// Staff pages: htmx for the case pane, and the keyboard.
import htmx from "htmx.org";
import { openDialog } from "./dialogs.js";
import { startSide } from "./side.js";

window.htmx = htmx;
startSide();

const rows = () => [...document.querySelectorAll("[data-rows] a.row-item")];

function typing(target) {
  return target.closest("input, select, textarea, [contenteditable]") && !target.matches("input[type=radio], input[type=checkbox]");
}

function visible(element) {
  return element.offsetParent !== null && element.getAttribute("aria-disabled") !== "true" && !element.disabled;
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const focused = all.indexOf(document.activeElement);
  const at = focused >= 0 ? focused : all.findIndex((row) => row.getAttribute("aria-current") === "true");
  const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function tick() {
  const row = rows().find((each) => each === document.activeElement || each.getAttribute("aria-current") === "true");
  const box = row?.parentElement.querySelector("input[type=checkbox]");
  if (box) box.checked = !box.checked;
}

for (const button of document.querySelectorAll("[data-tick-all]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const boxes = [...document.querySelectorAll('[data-rows] input[type="checkbox"]')];
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });
}

function press(key) {
  const target = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(visible);
  if (!target) return false;
  if (target.matches("input, select, textarea")) target.focus();
  else target.click();
  return true;
}

// Single keys can be switched off (WCAG 2.1.4), on this device; Escape stays, for it leaves fields.
const OFF = "mulin-keys-off";
const off = () => localStorage.getItem(OFF) === "1";
for (const box of document.querySelectorAll("[data-keys-off]")) {
  box.checked = off();
  box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "1" : "0"));
}

function help() {
  const dialog = document.getElementById("keys");
  if (dialog) openDialog(dialog);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (off()) return;
  const { key } = event;
  if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "x") tick();
  else if (key === "?") help();
  else if (!press(key)) return;
  event.preventDefault();
});

// The opened row is marked at once, and the case pane takes focus for whoever reads by ear.
document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-rows] a.row-item");
  if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
  for (const each of rows()) each.setAttribute("aria-current", String(each === row));
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "case") return;
  document.querySelector(".workbench")?.classList.add("has-case");
  event.target.scrollTop = 0;
  const refused = event.target.querySelector("dialog[data-open]");
  if (refused) openDialog(refused);
  else (event.target.querySelector("[data-form-errors]") ?? event.target.querySelector("h1, h2"))?.focus();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

// Answers that are not a fragment. A refusal (400, 409, 422) is one, and is shown; a whole page (signed out meanwhile, gone)
// takes over the window; whatever is left is said in words at the top.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (/^\s*<!doctype/i.test(xhr.responseText)) {
    event.detail.shouldSwap = false;
    if (requestConfig.verb === "get" || xhr.status < 400) location.assign(xhr.responseURL);
    else tellFailure();
  } else if ([400, 409, 422].includes(xhr.status)) event.detail.shouldSwap = true;
  else if (xhr.status >= 400) tellFailure();
});
document.addEventListener("htmx:sendError", tellFailure);
document.addEventListener("htmx:timeout", tellFailure);

function tellFailure() {
  const words = document.getElementById("request-failed");
  const place = document.getElementById("problems");
  if (words && place) place.replaceChildren(words.content.cloneNode(true));
}
