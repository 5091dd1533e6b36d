// The check list of a joint visit on an officer's phone. It opens, records and waits without a signal, and sends when there is one.
import { makeReady } from "./camera.js";
import { button, make, note } from "./dom.js";
import { itemScreen } from "./item.js";
import { listScreen } from "./list.js";
import { sentScreen } from "./sent.js";
import { askWho } from "./server.js";
import { Sending } from "./sending.js";
import { lookForNewer, startShell } from "./shell.js";
import { showTold } from "./told.js";
import { keep, kept, of, visitsOf } from "./store.js";
import { visitScreen } from "./visit.js";
import { t } from "./words.js";

const SOON = 1;
const PATIENCE = 3_000;
const place = document.getElementById("screen");
let shown = 0;

const app = {
  me: undefined,
  offered: [],
  full: false,
  newer: false,
  screen: undefined,
  sending: undefined,
  wake: () => app.sending.later(app.me?.id, SOON),
  /** The phone could not keep it: said where everybody looks, and whoever typed keeps what was typed. */
  failed(problem) {
    app.full = problem;
    tell();
  },
  send: async () => {
    if (!app.me) await check();
    await app.sending.go(app.me?.id);
  },
  tell,
  show,
};

async function tell() {
  if (!shown) return;
  await showTold(app);
  if (!app.sending.running) await app.screen?.update?.();
}

/** Whoever is signed in now is the one whose work is shown and sent. */
async function meet(who) {
  app.offered = who.visits;
  lookForNewer(who);
  const same = app.me?.id === who.id;
  if (same && app.me.name === who.name) return true;
  app.me = { id: who.id, name: who.name };
  await keep("who", app.me);
  if (same) return true;
  app.sending.stop();
  setTimeout(app.send, SOON * 1000);
  if (shown) await show();
  return false;
}

/** Ask who is signed in. */
async function check() {
  try {
    await meet(await askWho());
  } catch (problem) {
    app.sending.trouble = problem;
    await tell();
  }
}

async function choose() {
  const [number, rest] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (!app.me) return { title: t("name"), parts: [make("h1", {}, t("name")), note("wait", t("nobody"), make("p", {}, t("nobody_text")))] };
  if (!number) return listScreen(app);
  const visit = (await visitsOf(app.me.id)).find((each) => each.number === number);
  if (!visit) return listScreen(app, number);
  if (rest === "sent") return sentScreen(app, visit);
  const line = visit.sheet.lines.find((each) => String(each.id) === rest);
  return line ? itemScreen(app, visit, line) : visitScreen(app, visit);
}

async function show() {
  const turn = ++shown;
  let screen;
  try {
    screen = await choose();
  } catch (problem) {
    screen = { title: t("name"), parts: [note("late", t("broken"), make("p", {}, String(problem?.message ?? problem)), button(t("reload"), () => location.reload()))] };
  }
  if (turn !== shown) return;
  app.screen = screen;
  document.title = screen.title;
  place.replaceChildren(...screen.parts);
  await screen.update?.();
  await showTold(app);
  const at = screen.focus?.() ?? document.getElementById("main");
  at.focus({ preventScroll: at.id === "main" });
  if (at.id === "main") scrollTo(0, 0);
}

async function start() {
  app.sending = new Sending(tell, meet);
  app.me = await kept("who");
  if (app.me) for (const visit of await visitsOf(app.me.id)) await makeReady(await of("photos", app.me.id, visit.number));
  addEventListener("hashchange", show);
  addEventListener("online", app.send);
  addEventListener("offline", tell);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && app.send());
  document.querySelector("[data-skip]").addEventListener("click", (event) => {
    // The address after # names what is shown, so the link may not change it.
    event.preventDefault();
    document.getElementById("main").focus();
  });
  setInterval(() => !app.sending.trouble && app.send(), 120_000);
  startShell(() => {
    app.newer = true;
    tell();
  });
  // Somebody else may have signed in since: while there is a signal nothing is shown before that is known, or for three seconds.
  if (navigator.onLine) await Promise.race([check(), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  await show();
  await app.send();
}

start().catch((problem) => place.replaceChildren(note("late", t("broken"), make("p", {}, String(problem?.message ?? problem)))));
