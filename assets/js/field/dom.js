// Elements are made one by one: nothing that a person typed is ever read as HTML.
const SVG = "http://www.w3.org/2000/svg";

/** An element: `make("p.muted", {hidden: true}, "text", child)`. Functions become listeners, null children stay away. */
export function make(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.body.dataset.icons}#${name}`);
  svg.append(use);
  return svg;
}

/** A note: kind "" for news, "wait" to mind, "late" for what went wrong. */
export function note(kind, title, ...rest) {
  const sign = { late: "danger", wait: "warning" }[kind] ?? "info";
  const inside = make("div", {}, make("p.note-title", {}, title), ...rest);
  return make(`div.note${kind ? `.note-${kind}` : ""}`, { role: kind === "late" ? "alert" : null }, icon(sign), inside);
}

export function button(words, press, kind = "") {
  return make(`button.btn${kind}`, { type: "button", click: press }, words);
}

/** Say it to whoever listens to the page. */
export function say(words) {
  const place = document.getElementById("said");
  place.textContent = "";
  setTimeout(() => (place.textContent = words), 50);
}
