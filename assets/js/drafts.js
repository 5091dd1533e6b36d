// <form data-draft="key">: what is typed stays in this tab until it was filed, through a lost connection, an expired session or a reload.
// A page shown after success carries <meta name="draft-done" content="key">, and only then is the draft let go.
const PREFIX = "mulin-draft:";
const NEVER = new Set(["password", "file", "hidden", "submit", "button"]);

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && !NEVER.has(field.type) && !field.closest("[data-no-draft]"));
}

function restore(form, key) {
  let kept;
  try {
    kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  } catch {
    kept = null;
  }
  if (!kept) return;
  for (const field of fieldsOf(form)) {
    const value = kept[field.name];
    if (value === undefined) continue;
    // What the server sent back is newer than the draft.
    if (field.type === "radio" || field.type === "checkbox") field.checked = value.includes(field.value);
    else if (!field.value) field.value = value;
  }
}

function keep(form, key) {
  const kept = {};
  for (const field of fieldsOf(form)) {
    if (field.type === "radio" || field.type === "checkbox") {
      kept[field.name] ??= [];
      if (field.checked) kept[field.name].push(field.value);
    } else kept[field.name] = field.value;
  }
  try {
    sessionStorage.setItem(key, JSON.stringify(kept));
  } catch {
    // Private windows may refuse; the form itself still holds the text.
  }
}

export function startDrafts() {
  for (const done of document.querySelectorAll('meta[name="draft-done"]')) sessionStorage.removeItem(PREFIX + done.content);
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const key = PREFIX + form.dataset.draft;
    restore(form, key);
    form.addEventListener("input", () => keep(form, key));
    form.addEventListener("change", () => keep(form, key));
  }
}
