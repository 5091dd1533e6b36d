// What became of everything that was recorded on this phone for a visit; what was refused comes first, with what to do about it.
import { button, make, note } from "./dom.js";
import { again } from "./recording.js";
import { of, put } from "./store.js";
import { clock, labelOf, t, whatToDo } from "./words.js";

function what(change, sheet) {
  const line = sheet.lines.find((each) => each.id === change.line);
  const name = line ? `${line.code} ${line.name}` : t("present");
  const { said } = change;
  if (change.kind === "result") return [name, `${labelOf("result", said.result)} ${said.text ?? ""}`];
  if (change.kind === "finding") return [name, `${said.spot}: ${said.text}`];
  return [t("present"), `${labelOf("present", said.role)} ${said.name}`];
}

function refused(app, visit, change) {
  const sayAgain = async () => {
    try {
      await again(visit, change);
      await put("changes", { ...change, noted: true });
    } catch (problem) {
      return app.failed(problem);
    }
    app.wake();
    return app.tell();
  };
  const noted = async () => {
    await put("changes", { ...change, noted: true });
    await app.tell();
  };
  const sayable = !["not_yours", "no_such_item", "signed"].includes(change.code);
  return [
    make("p.late", {}, change.detail || t("refused_tag")),
    make("p", {}, whatToDo(change.code)),
    change.noted ? null : make("p.btn-row", {}, sayable ? button(t("record_again"), sayAgain) : null, button(t("noted"), noted, ".btn-quiet")),
  ];
}

function row(app, visit, change) {
  const [name, words] = what(change, visit.sheet);
  const tag = { "": ["waiting", t("waits_tag")], applied: ["", t("sent_tag")], conflict: ["late", t("differs")], refused: ["late", t("refused_tag")] }[change.outcome];
  const more = change.outcome === "refused" ? refused(app, visit, change) : [];
  const choose = change.outcome === "conflict" ? make("p", {}, make("a", { href: `#${visit.number}/${change.line}` }, t("choose"))) : null;
  return make("li.sheet", {}, make("p.cluster", {}, make("strong", {}, name), make(`span.tag${tag[0] ? `.${tag[0]}` : ""}`, {}, tag[1]), make("span.small.muted", {}, clock(change.made_at))), make("p.text", {}, words), ...more, choose);
}

const rank = (change) => (change.outcome === "refused" && !change.noted ? 0 : change.outcome === "" ? 1 : change.outcome === "conflict" ? 2 : 3);

export async function sentScreen(app, visit) {
  const list = make("ul.plain-list");
  const photos = make("p.muted");
  const none = make("p.muted", {}, t("nothing_recorded"));
  let drawn = "";
  const update = async () => {
    const changes = await of("changes", visit.owner, visit.number);
    const taken = await of("photos", visit.owner, visit.number);
    const bad = taken.filter((each) => each.outcome === "refused");
    photos.replaceChildren(t("photos_counted", { sent: taken.filter((each) => each.outcome === "kept").length, all: taken.length }), bad.length ? note("late", t("photos_refused", { n: bad.length }), make("p", {}, bad[0].detail)) : "");
    none.hidden = changes.length > 0;
    const looks = JSON.stringify(changes);
    if (looks === drawn) return;
    drawn = looks;
    changes.sort((one, other) => rank(one) - rank(other) || other.order - one.order);
    list.replaceChildren(...changes.map((each) => row(app, visit, each)));
  };
  const back = make("p.crumbs", {}, make("a", { href: `#${visit.number}` }, visit.sheet.place));
  return { title: `${t("sent_title")} · ${t("name")}`, update, parts: [back, make("h1", {}, t("sent_title")), photos, none, list] };
}
