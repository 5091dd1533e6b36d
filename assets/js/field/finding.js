// What was found on an item: where, what, who answers for it, and its photos. Photos are kept as they are taken, before anything is typed.
import { keepPhoto, preview } from "./camera.js";
import { make, note, say } from "./dom.js";
import { draftOf, find, newKey } from "./recording.js";
import { isFull, keep, kept, typing } from "./store.js";
import { choices, clock, labelOf, t } from "./words.js";

const FIELDS = ["spot", "text", "building", "party", "party_name"];

function whereOf({ latitude, longitude, accuracy, unready }) {
  if (unready) return t("place_asked");
  if (latitude === undefined) return t("place_unknown");
  return `${(latitude / 1e6).toFixed(5)}, ${(longitude / 1e6).toFixed(5)} ±${accuracy} m`;
}

function became(each) {
  if (!each.outcome) return make("span.tag.waiting", {}, t("waits_tag"));
  return each.outcome === "refused" ? make("span.tag.late", {}, `${t("refused_tag")} ${each.detail ?? ""}`) : make("span.tag", {}, t("sent_tag"));
}

/** Photos with the time and place that go with them. */
export async function gallery(photos) {
  const items = [];
  for (const [index, photo] of photos.entries())
    items.push(make("li", {}, await preview(photo, t("photo_n", { n: index + 1 })), make("span.small", {}, clock(photo.taken_at)), make("span.small.muted", {}, whereOf(photo)), became(photo)));
  return make("ul.plain-list.field-photos", {}, ...items);
}

/** What was found so far: as the server has it, and what waits or was refused. */
export async function findings(line, changes, photos) {
  const known = new Set(line.findings.map((each) => each.id));
  const mine = changes.filter((each) => each.kind === "finding" && each.line === line.id && !known.has(each.id));
  const all = [...line.findings.map((each) => ({ ...each, outcome: "applied" })), ...mine.map((each) => ({ ...each.said, ...each }))];
  const items = [];
  for (const each of all)
    items.push(make("li.sheet", {}, make("p.cluster", {}, make("strong", {}, each.spot), each.number ? make("span.mono", {}, each.number) : null, became(each)), make("p.text", {}, each.text), make("p.small.muted", {}, labelOf("party", each.party)), await gallery(photos.filter((photo) => photo.change === each.id))));
  return items.length ? [make("h2", {}, t("findings")), make("ul.plain-list", {}, ...items)] : [];
}

function field(name, label, control, required) {
  control.id = `finding-${name}`;
  control.name = name;
  const error = make("p.field-errors", { id: `finding-${name}-error`, hidden: true });
  control.setAttribute("aria-describedby", error.id);
  const words = make("label", { for: control.id }, label, required ? null : make("span.field-optional", {}, ` ${t("optional")}`));
  return { element: make("div.field", {}, words, control, error), control, error, required };
}

const options = (pairs) => pairs.map(([value, label]) => make("option", { value }, label));

function fieldsOf(visit) {
  const buildings = visit.sheet.buildings.map((each) => [each.id, each.name]);
  return {
    spot: field("spot", t("spot"), make("input", { type: "text", maxlength: 60, autocomplete: "off" }), true),
    text: field("text", t("found_text"), make("textarea", { maxlength: 300, rows: 3 }), true),
    building: field("building", t("building"), make("select", {}, ...options([["", t("no_building")], ...buildings])), false),
    party: field("party", t("party"), make("select", {}, ...options(choices.party)), true),
    party_name: field("party_name", t("party_name"), make("input", { type: "text", maxlength: 60, autocomplete: "off" }), false),
  };
}

/** Marks what is missing; gives the first field to look at. */
function missing(fields) {
  let first;
  for (const { control, error, required } of Object.values(fields)) {
    const empty = required && !control.value.trim();
    control.setAttribute("aria-invalid", String(empty));
    error.hidden = !empty;
    error.textContent = empty ? t("fill_in") : "";
    if (empty) first ??= control;
  }
  return first;
}

function photoInput(app, visit, line, key, status) {
  const input = make("input", { type: "file", id: "finding-photos", accept: "image/*", capture: "environment", multiple: true });
  input.addEventListener("change", async () => {
    const files = [...input.files];
    status.textContent = t("keeping_photo");
    try {
      for (const file of files) await keepPhoto(visit, line.id, key(), file);
      status.textContent = "";
      app.full = false;
      say(t("kept_here"));
    } catch (problem) {
      status.replaceChildren(note("late", isFull(problem) ? t("full") : t("photo_failed"), make("p", {}, problem instanceof RangeError ? t("photo_large") : t("photo_again"))));
      if (!(problem instanceof RangeError)) app.failed(problem);
    }
    input.value = "";
    app.wake();
    await app.tell();
  });
  return input;
}

export function findingForm(app, visit, line) {
  const name = draftOf(visit, line.id);
  const fields = fieldsOf(visit);
  const [shown, status] = [make("div"), make("div", { role: "status" })];
  let draft;
  const values = () => Object.fromEntries(FIELDS.map((each) => [each, fields[each].control.value]));
  const fill = (from) => FIELDS.forEach((each) => (fields[each].control.value = from?.[each] ?? (each === "party" ? choices.party[0][0] : "")));
  const remember = typing(() => keep(name, { key: draft, ...values() }), app.failed);
  const input = photoInput(app, visit, line, () => (remember(), draft), status);
  const submit = async (event) => {
    event.preventDefault();
    const first = missing(fields);
    if (first) return first.focus();
    const { building, ...said } = values();
    for (const each of ["spot", "text", "party_name"]) said[each] = said[each].trim();
    try {
      await find(visit, line.id, draft, { ...said, building: building ? Number(building) : null });
    } catch (problem) {
      return app.failed(problem);
    }
    app.full = false;
    draft = newKey();
    fill();
    missing({ ...fields, spot: { ...fields.spot, required: false }, text: { ...fields.text, required: false } });
    say(t("kept_here"));
    app.wake();
    return app.tell();
  };
  const photos = make("div.field", {}, make("label", { for: "finding-photos" }, t("photos")), make("p.field-help", {}, t("photos_help")), shown, status, input);
  const parts = FIELDS.map((each) => fields[each].element);
  const element = make("form", { submit, novalidate: true }, ...parts, photos, make("button.btn.btn-primary", { type: "submit" }, t("keep_finding")));
  element.addEventListener("input", remember);
  const draw = async (all) => {
    if (!draft) {
      const before = await kept(name);
      draft = before?.key ?? newKey();
      fill(before);
    }
    shown.replaceChildren(await gallery(all.filter((photo) => photo.change === draft)));
  };
  return { element, draw };
}
