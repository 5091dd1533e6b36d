// The visits on this phone, and those that can be carried along.
import { button, make, note } from "./dom.js";
import { seen } from "./recording.js";
import { Trouble } from "./server.js";
import { refetch } from "./sending.js";
import { keepForGood, of, visitsOf, write } from "./store.js";
import { labelOf, t } from "./words.js";

const SLOW = 2_000;

function counted(visit, changes) {
  const mine = visit.sheet.lines.filter((line) => line.mine);
  const done = mine.filter((line) => seen(line, changes).result !== "unchecked").length;
  return { done, all: mine.length };
}

async function row(app, visit) {
  const changes = await of("changes", visit.owner, visit.number);
  const photos = await of("photos", visit.owner, visit.number);
  const waits = [...changes, ...photos].filter((each) => !each.outcome).length;
  const { sheet } = visit;
  const meta = make("span.row-meta", {}, make("span.num", {}, sheet.planned_on), make("span", {}, labelOf("state", sheet.state)), make("span", {}, t("done_of", counted(visit, changes))), waits ? make("span.waiting", {}, t("waits", { n: waits })) : null);
  const over = !["approved", "under_way"].includes(sheet.state) && !waits;
  return make(
    "li.field-visit",
    {},
    make("a.row-item", { href: `#${visit.number}` }, make("span.row-title", {}, sheet.place), meta, visit.trouble ? make("span.late", {}, t("visit_trouble", { words: visit.trouble })) : null),
    over ? button(t("put_down"), () => putDown(app, visit), ".btn-quiet") : null,
  );
}

/** Only what the server has said it has leaves the phone. */
async function putDown(app, { owner, number }) {
  await write(["visits", "changes", "photos", "bodies"], async (rows) => {
    const [changes, photos] = [await rows.of("changes", owner, number), await rows.of("photos", owner, number)];
    if ([...changes, ...photos].some((each) => !each.outcome)) return;
    for (const each of changes) await rows.remove("changes", each.id);
    for (const each of photos) {
      await rows.remove("photos", each.id);
      await rows.remove("bodies", each.id);
    }
    await rows.remove("visits", [owner, number]);
  });
  await app.show();
}

/** Fetch a sheet; what takes longer than two seconds shows that it goes on. Gives whether it came. */
export async function carry(app, number, status) {
  status.replaceChildren();
  const slow = setTimeout(() => status.replaceChildren(make("progress", { "aria-label": t("fetching") }), ` ${t("fetching")}`), SLOW);
  try {
    await refetch({ owner: app.me.id, number });
    await keepForGood();
    return true;
  } catch (problem) {
    const words = problem instanceof Trouble ? problem.detail || t(`fetch_${["signed_out", "portal", "gone"].includes(problem.kind) ? problem.kind : "failed"}`) : t("full");
    status.replaceChildren(note("late", t("not_fetched"), make("p", {}, words)));
    if (!(problem instanceof Trouble)) app.failed(problem);
    return false;
  } finally {
    clearTimeout(slow);
    if (status.querySelector("progress")) status.replaceChildren();
  }
}

function offer(app, each) {
  const status = make("span", { role: "status" });
  const press = async () => (await carry(app, each.number, status)) && (location.hash === `#${each.number}` ? app.show() : (location.hash = each.number));
  return make("li.field-visit", {}, make("div.row-item", {}, make("span.row-title", {}, each.place), make("span.row-meta", {}, make("span.num", {}, each.planned_on), make("span", {}, labelOf("state", each.state)))), button(t("carry"), press), status);
}

/** `wanted`: a visit that was asked for by its number and is not here yet. */
export async function listScreen(app, wanted = "") {
  const carried = make("ul.rows");
  const offered = make("ul.rows");
  const there = make("section.section", {}, make("h2", {}, t("to_carry")), offered);
  const none = make("p.muted", {}, t("none_carried"));
  const kept = make("p.small.muted");
  const fetching = make("div", { role: "status" });
  let drawn = "";
  const update = async () => {
    const visits = await visitsOf(app.me.id);
    const left = app.offered.filter((each) => !visits.some((visit) => visit.number === each.number));
    carried.replaceChildren(...(await Promise.all(visits.map((visit) => row(app, visit)))));
    none.hidden = visits.length > 0;
    there.hidden = !left.length;
    const now = JSON.stringify(left);
    if (now !== drawn) offered.replaceChildren(...left.map((each) => offer(app, each)));
    drawn = now;
    kept.textContent = t((await navigator.storage?.persisted?.().catch(() => false)) ? "kept_for_good" : "kept_while");
  };
  if (wanted) setTimeout(async () => (await carry(app, wanted, fetching)) && app.show());
  return { title: t("name"), update, parts: [make("h1", {}, t("visits_here")), make("p.muted", {}, t("work_of", { name: app.me.name })), fetching, carried, none, there, kept] };
}
