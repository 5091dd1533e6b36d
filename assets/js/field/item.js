// One item: what counts as a violation and by which law, the result with its note, two versions to choose from, and what was found.
import { make, note } from "./dom.js";
import { findingForm, findings } from "./finding.js";
import { seen } from "./recording.js";
import { forget, get, keep, kept, of, typing } from "./store.js";
import { clock, labelOf, t } from "./words.js";
import { radios, tick } from "./visit.js";

function law(line) {
  const terms = [
    [t("violation"), line.violation],
    [t("method"), line.method],
    [t("bases"), line.bases.map((each) => `${each.name} ${each.articles}`).join("; ")],
    [t("days"), line.on_spot ? t("days_or_spot", { n: line.days }) : t("days_of", { n: line.days })],
  ];
  const list = make("dl.terms", {}, ...terms.flatMap(([name, text]) => [make("dt", {}, name), make("dd.text", {}, text)]));
  return make("details.section", {}, make("summary", {}, t("what_counts")), list);
}

/** The versions of an item on which two phones differ; the officer's choice becomes a change like any other. */
function conflict(app, visit, line, changes) {
  if (!line.conflict || seen(line, changes).waits) return null;
  const mine = changes.filter((each) => each.line === line.id && each.outcome === "conflict").map((each) => ({ by: t("this_phone"), made_at: each.made_at, ...each.said }));
  const stands = { by: t("stands_now"), result: line.result, text: line.text };
  const versions = line.versions.length ? line.versions : [stands, ...mine.slice(-1)];
  const choose = (each) => make("li", {}, make("button.btn.btn-block.field-version", { type: "button", click: () => tick(app, visit, line, each.result, each.text) }, make("strong", {}, labelOf("result", each.result)), make("span.text", {}, each.text), make("span.small", {}, `${each.by} ${each.made_at ? clock(each.made_at) : ""}`)));
  return make("div.mb-3", { role: "group", "aria-labelledby": "differs" }, note("wait", make("span", { id: "differs" }, t("differ_title")), make("p", {}, t("differ_text"))), make("ul.plain-list.stack-tight.stack.mt-2", {}, ...versions.map(choose)));
}

function noteField(app, visit, line, result) {
  const key = `note:${visit.owner}:${visit.number}:${line.id}`;
  const area = make("textarea", { id: "note", maxlength: 300, rows: 2 });
  let last = "";
  const remember = typing(() => keep(key, area.value), app.failed);
  area.addEventListener("input", remember);
  area.addEventListener("change", async () => {
    const text = area.value.trim();
    if (text === last || !(await tick(app, visit, line, result(), text))) return;
    last = text;
    await forget(key);
  });
  const draw = async (text) => {
    if (document.activeElement === area) return;
    last = text;
    area.value = (await kept(key)) ?? text;
  };
  return { element: make("div.field", {}, make("label", { for: "note" }, t("note")), area), area, draw };
}

export async function itemScreen(app, visit, line) {
  const state = { result: "unchecked" };
  const differing = make("div");
  const found = make("div");
  const written = noteField(app, visit, line, () => state.result);
  const group = radios(line, (value) => tick(app, visit, line, value, written.area.value.trim()));
  const form = findingForm(app, visit, line);
  const asked = make("section.section", { hidden: true }, make("h2", {}, t("new_finding")), form.element);
  let drawn = "";
  const update = async () => {
    const fresh = (await get("visits", [visit.owner, visit.number])).sheet.lines.find((each) => each.id === line.id);
    const changes = (await of("changes", visit.owner, visit.number)).sort((one, other) => one.order - other.order);
    const photos = (await of("photos", visit.owner, visit.number)).filter((each) => each.line === line.id);
    const now = seen(fresh, changes);
    state.result = now.result;
    if (!group.passing()) for (const input of group.querySelectorAll("input")) input.checked = input.value === now.result;
    await written.draw(now.text);
    asked.hidden = now.result !== "violation";
    const looks = JSON.stringify([fresh, changes.filter((each) => each.line === line.id), photos]);
    if (looks === drawn) return;
    drawn = looks;
    differing.replaceChildren(...[conflict(app, visit, fresh, changes)].filter(Boolean));
    found.replaceChildren(...(await findings(fresh, changes, photos)));
    await form.draw(photos);
  };
  const back = make("p.crumbs", {}, make("a", { href: `#${visit.number}` }, visit.sheet.place));
  const title = make("h1", {}, make("span.mono", {}, line.code), " ", line.name);
  const own = line.mine ? [differing, group, written.element, found, asked] : [make("p.muted", {}, t("other_text")), make("p", {}, `${labelOf("result", line.result)} ${line.text}`)];
  return { title: `${line.code} ${line.name}`, update: line.mine ? update : undefined, parts: [back, title, law(line), ...own] };
}
