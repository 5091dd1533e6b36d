// Talks to the server, and takes nothing for an answer that is none: a hotel's sign-in page, half an answer, somebody else's session.
const PATIENCE = 60_000;
const PATIENCE_WITH_PHOTO = 240_000;

/** Why nothing came of it. `kind`: offline, portal, signed_out, busy, forbidden, gone, refused. `wait`: seconds the server asked for. */
export class Trouble extends Error {
  constructor(kind, detail = "", wait = 0) {
    super(`${kind} ${detail}`);
    Object.assign(this, { kind, detail, wait });
  }
}

const KINDS = { 401: "signed_out", 403: "forbidden", 404: "gone", 408: "busy", 425: "busy", 429: "busy" };

async function read(answer) {
  if (!(answer.headers.get("Content-Type") ?? "").startsWith("application/json")) return undefined;
  try {
    return await answer.json();
  } catch {
    return undefined;
  }
}

function refusal(answer, said) {
  const kind = KINDS[answer.status] ?? (answer.status >= 500 ? "busy" : "refused");
  const detail = Array.isArray(said?.errors) ? said.errors.map((each) => each.detail).join(" ") : "";
  // A refusal counts only in the server's own form; a busy one may come from whatever stands before it.
  if (kind !== "busy" && !Array.isArray(said?.errors)) return new Trouble("portal");
  const wait = Number(answer.headers.get("Retry-After")) || 0;
  return new Trouble(kind, detail, wait);
}

/** JSON from an address of ours; `right` says whether it has the form that was asked for. Raises Trouble. */
export async function ask(address, right, { method = "GET", token = "", json, form } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers["X-CSRFToken"] = token;
  if (json) headers["Content-Type"] = "application/json";
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), form ? PATIENCE_WITH_PHOTO : PATIENCE);
  try {
    const body = json ? JSON.stringify(json) : form;
    const answer = await fetch(address, { method, headers, body, signal: given.signal, redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect") throw new Trouble("portal");
    const said = await read(answer);
    if (!answer.ok) throw refusal(answer, said);
    if (said === undefined || !right(said)) throw new Trouble("portal");
    return said;
  } catch (problem) {
    throw problem instanceof Trouble ? problem : new Trouble("offline");
  } finally {
    clearTimeout(timer);
  }
}

const { who, api } = document.body.dataset;

/** Who is signed in, a fresh token, and the visits of theirs. */
export const askWho = () => ask(who, (said) => Number.isInteger(said.id) && typeof said.token === "string" && Array.isArray(said.visits));

export const askSheet = (number) => ask(`${api}${number}/sheet/`, (said) => said.number === number && Array.isArray(said.lines));

const OUTCOMES = new Set(["applied", "conflict", "refused"]);

/** Every change that was sent must be answered by its own key; otherwise none counts as sent. */
export function sendChanges(number, changes, token) {
  const keys = new Set(changes.map((each) => each.id));
  const answered = (said) =>
    Array.isArray(said.results) &&
    said.results.length === keys.size &&
    said.results.every((each) => keys.has(each.id) && OUTCOMES.has(each.outcome));
  return ask(`${api}${number}/changes/`, answered, { method: "POST", token, json: { changes } });
}

export function sendPhoto(number, photo, body, token) {
  const form = new FormData();
  for (const name of ["id", "taken_at", "line", "change", "latitude", "longitude", "accuracy"])
    if (photo[name] !== null && photo[name] !== undefined) form.set(name, photo[name]);
  form.set("photo", new File([body], `${photo.id}.jpg`, { type: photo.type }));
  return ask(`${api}${number}/photos/`, (said) => said.id === photo.id, { method: "POST", token, form });
}
