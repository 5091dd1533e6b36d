// One visit: the items bureau by bureau, the own ones to be ticked, and who was present.
import { button, make, say } from "./dom.js";
import { carry } from "./list.js";
import { notePresent, record, seen } from "./recording.js";
import { get, of } from "./store.js";
import { choices, labelOf, t } from "./words.js";

const PASSING = 800;

/** One of the results. Arrow keys pass over others on their way, so what is chosen by them counts a moment later. */
export function radios(line, onto) {
  const group = make("fieldset.field-ticks", {}, make("legend.visually-hidden", {}, `${line.code} ${line.name}`));
  let [keyed, timer, passed] = [false, 0, undefined];
  const settle = () => {
    clearTimeout(timer);
    if (passed !== undefined) onto(passed, true);
    passed = undefined;
  };
  const change = ({ target }) => {
    if (!keyed) return onto(target.value, false);
    passed = target.value;
    clearTimeout(timer);
    timer = setTimeout(settle, PASSING);
    return undefined;
  };
  for (const [value, label] of choices.result) {
    const input = make("input", { type: "radio", name: `line-${line.id}`, value, change });
    group.append(make("label", {}, input, make("span", {}, label)));
  }
  group.addEventListener("keydown", ({ key }) => (keyed = key.startsWith("Arrow")));
  group.addEventListener("pointerdown", () => (keyed = false));
  group.addEventListener("focusout", settle);
  group.passing = () => passed !== undefined;
  return group;
}

/** Say what an item turned out to be; a violation leads on to what was found. */
export async function tick(app, visit, line, result, text) {
  try {
    await record(visit, line.id, result, text);
  } catch (problem) {
    app.failed(problem);
    return false;
  }
  app.full = false;
  say(t("kept_here"));
  app.wake();
  await app.tell();
  return true;
}

function ownRow(app, visit, line) {
  const address = `#${visit.number}/${line.id}`;
  const state = make("span.field-tags");
  const own = { line, result: "unchecked", text: "" };
  const onto = async (value, byKeys) => {
    const kept = await tick(app, visit, line, value, own.text);
    if (kept && value === "violation" && !byKeys) location.hash = address;
  };
  const group = radios(line, onto);
  own.element = make("li.field-row", {}, make("a.field-item", { href: address }, make("span.mono", {}, line.code), " ", line.name), state, group);
  own.draw = (fresh, changes, only) => {
    const now = seen(fresh, changes);
    Object.assign(own, { result: now.result, text: now.text });
    if (!group.passing()) for (const input of group.querySelectorAll("input")) input.checked = input.value === now.result;
    const tags = [fresh.conflict && make("span.tag.late", {}, t("differs")), now.waits && make("span.tag.waiting", {}, t("waits_tag")), now.text && make("span.small.muted", {}, now.text)];
    state.replaceChildren(...tags.filter(Boolean));
    own.element.hidden = only && now.result !== "unchecked" && !fresh.conflict;
  };
  return own;
}

function otherRow(line) {
  const result = make("span");
  const element = make("li.field-row", {}, make("span.mono", {}, line.code), " ", line.name, " ", result);
  const draw = (fresh, _changes, only) => {
    result.className = fresh.result === "violation" ? "late" : "muted";
    result.textContent = `${labelOf("result", fresh.result)} ${fresh.text}`;
    element.hidden = only && fresh.result !== "unchecked";
  };
  return { line, element, draw };
}

function groups(app, visit) {
  const { sheet } = visit;
  const made = [];
  const parts = [...sheet.bureaus]
    .sort((one, other) => (other.id === sheet.organisation) - (one.id === sheet.organisation))
    .map((bureau) => {
      const mine = bureau.id === sheet.organisation;
      const rows = sheet.lines.filter((line) => line.organisation === bureau.id).map((line) => (mine ? ownRow(app, visit, line) : otherRow(line)));
      made.push(...rows);
      const list = make("ul.plain-list.field-rows", {}, ...rows.map((each) => each.element));
      if (mine) return make("section.section", {}, make("h2", {}, t("own_items", { bureau: bureau.name })), list);
      return rows.length ? make("details.section", {}, make("summary", {}, t("other_items", { bureau: bureau.name, n: rows.length })), make("p.muted", {}, t("other_text")), list) : null;
    });
  return { made, parts };
}

function present(app, visit) {
  const role = make("select", { id: "present-role" }, ...choices.present.map(([value, label]) => make("option", { value }, label)));
  const name = make("input", { id: "present-name", type: "text", maxlength: 30, autocomplete: "off" });
  const now = make("p.muted");
  const keep = async (event) => {
    event.preventDefault();
    try {
      await notePresent(visit, role.value, name.value.trim());
    } catch (problem) {
      return app.failed(problem);
    }
    say(t("kept_here"));
    app.wake();
    return app.tell();
  };
  const fields = [make("div.field", {}, make("label", { for: "present-role" }, t("present_role")), role), make("div.field", {}, make("label", { for: "present-name" }, t("present_name")), name)];
  const element = make("details.section", {}, make("summary", {}, t("present")), now, make("form", { submit: keep }, ...fields, make("button.btn", { type: "submit" }, t("keep"))));
  const draw = (sheet, changes) => {
    const last = changes.filter((each) => each.kind === "present" && !each.outcome).pop()?.said ?? { role: sheet.present_role, name: sheet.present_name };
    now.textContent = last.role ? `${labelOf("present", last.role)} ${last.name}` : t("present_nobody_named");
  };
  return { element, draw };
}

export async function visitScreen(app, visit) {
  const { made, parts } = groups(app, visit);
  const who = present(app, visit);
  const counts = make("p.field-counts");
  const status = make("div", { role: "status" });
  const only = make("input", { type: "checkbox", id: "only-open", change: () => update() });
  const anew = button(t("fetch_anew"), async () => (await carry(app, visit.number, status)) && app.show());
  const update = async () => {
    const fresh = await get("visits", [visit.owner, visit.number]);
    if (!fresh) return app.show();
    const changes = (await of("changes", visit.owner, visit.number)).sort((one, other) => one.order - other.order);
    const lines = new Map(fresh.sheet.lines.map((line) => [line.id, line]));
    for (const each of made) each.draw(lines.get(each.line.id) ?? each.line, changes, only.checked);
    const own = made.filter((each) => each.line.mine);
    const open = own.filter((each) => each.result === "unchecked").length;
    const bad = own.filter((each) => each.result === "violation").length;
    counts.textContent = t("counts", { done: own.length - open, open, bad });
    who.draw(fresh.sheet, changes);
    return undefined;
  };
  const { sheet } = visit;
  const head = [
    make("p.crumbs", {}, make("a", { href: "#" }, t("visits_here"))),
    make("h1", {}, `${sheet.place} ${sheet.planned_on}`),
    sheet.sample ? make("p.waiting", {}, t("sample")) : null,
    make("p.muted", {}, t("officer", { name: sheet.officer, certificate: sheet.certificate })),
    counts,
    make("p.btn-row", {}, make("a.btn", { href: `#${visit.number}/sent` }, t("sent_title")), anew),
    status,
    make("label.choice", {}, only, make("span.choice-text", {}, t("only_open"))),
  ];
  return { title: `${sheet.place} · ${t("name")}`, update, parts: [...head, ...parts, who.element].filter(Boolean) };
}
