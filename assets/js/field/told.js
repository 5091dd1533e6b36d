// What stands above every screen: whether there is a signal, what waits, what went wrong and what to do about it.
import { button, make, note, say } from "./dom.js";
import { isFull, waiting } from "./store.js";
import { t } from "./words.js";

const place = document.getElementById("told");
const { signIn, shell } = document.body.dataset;
let before = "";

function signInLink() {
  return make("p", {}, make("a", { href: `${signIn}?next=${encodeURIComponent(shell)}` }, t("sign_in")));
}

function ofTrouble(trouble, waits) {
  const text = make("p", {}, trouble.detail);
  const safe = make("p", {}, t(waits ? "nothing_lost" : "try_later"));
  switch (trouble.kind) {
    case "signed_out":
      return note("wait", t("signed_out"), make("p", {}, t("signed_out_text")), signInLink());
    case "portal":
      return note("wait", t("portal"), make("p", {}, t("portal_text")));
    case "busy":
      return note("wait", t("busy"), text, safe);
    case "offline":
      return navigator.onLine ? note("wait", t("unreachable"), safe) : null;
    default:
      return note("late", t("not_taken"), text, safe);
  }
}

function ofSending({ sending, send }, mine) {
  if (sending.running && sending.all > sending.done)
    return make("p.cluster", {}, make("progress", { max: sending.all, value: sending.done, "aria-label": t("sending_label") }), t("sending", { done: sending.done, all: sending.all }));
  if (!mine) return make("p.muted", {}, t("all_sent"));
  return make("p.cluster", {}, make("span.waiting", {}, t("waits", { n: mine })), button(t("send_now"), send));
}

/** Draw it anew, and say aloud what has changed. */
export async function showTold(app) {
  if (!app.me) return place.replaceChildren(app.sending.trouble ? ofTrouble(app.sending.trouble, 0) ?? note("wait", t("no_signal")) : "");
  const { mine, others } = await waiting(app.me.id);
  const { trouble } = app.sending;
  const words = app.full && (isFull(app.full) ? ["full", "full_text"] : ["not_kept", "not_kept_text"]);
  const parts = [
    words && note("late", t(words[0]), make("p", {}, t(words[1]))),
    navigator.onLine ? null : note("", t("no_signal"), make("p", {}, t("no_signal_text"))),
    trouble && ofTrouble(trouble, mine),
    others ? note("wait", t("others", { n: others }), make("p", {}, t("others_text"))) : null,
    app.newer && note("", t("newer"), make("p", {}, t("newer_text")), button(t("reload"), () => location.reload())),
    ofSending(app, mine),
  ];
  place.replaceChildren(...parts.filter(Boolean));
  const now = trouble ? place.querySelector(".note-title")?.textContent : mine ? "" : t("all_sent");
  if (now && now !== before) say(now);
  before = now ?? before;
  return undefined;
}
