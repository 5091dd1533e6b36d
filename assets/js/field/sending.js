// Sends what waits: in order, each thing under its own key until the server says that it has it.
import { askSheet, askWho, sendChanges, sendPhoto, Trouble } from "./server.js";
import { get, of, put, visitsOf, write } from "./store.js";

const AT_ONCE = 50;
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 300_000;
const STALE = 600_000;

/** Take the answers over, and what the server now holds of the items. */
function takeOver(visit, said) {
  return write(["changes", "visits"], async (rows) => {
    const held = await rows.get("visits", [visit.owner, visit.number]);
    for (const answer of said.results) {
      const change = await rows.get("changes", answer.id);
      Object.assign(change, { outcome: answer.outcome, code: answer.code, detail: answer.detail, answered_at: new Date().toISOString() });
      await rows.put("changes", change);
      const line = held?.sheet.lines.find((each) => each.id === answer.line);
      if (line && answer.version !== null) {
        const { version, result, conflict } = answer;
        const ours = change.kind === "result" && answer.outcome === "applied" && change.said.result === result;
        Object.assign(line, { version, result, conflict, text: ours ? change.said.text : line.text });
      }
      if (held && change.kind === "present" && answer.outcome === "applied")
        Object.assign(held.sheet, { present_role: change.said.role, present_name: change.said.name });
    }
    if (!held) return;
    Object.assign(held.sheet, { state: said.state, version: said.version });
    await rows.put("visits", held);
  });
}

/** What the server cannot even read is marked as refused: it stays, and holds nothing else up. */
async function turnDown(name, row, trouble) {
  await put(name, { ...row, outcome: "refused", code: "unreadable", detail: trouble.detail, answered_at: new Date().toISOString() });
}

export class Sending {
  /** `tell` hears of every step; `meet` is given who is signed in, and says whether it is the person whose work this is. */
  constructor(tell, meet) {
    Object.assign(this, { tell, meet, running: false, trouble: null, more: false, pause: 0, timer: 0, done: 0, all: 0 });
  }

  /** Send now; what fails is tried again later by itself. */
  async go(owner) {
    if (this.running || owner === undefined) return;
    clearTimeout(this.timer);
    this.running = true;
    this.tell();
    try {
      // Two windows of one phone would send the same; the server would count it once, but why send it twice.
      if (navigator.locks) await navigator.locks.request("mulin-field", { ifAvailable: true }, (lock) => lock && this.allOf(owner));
      else await this.allOf(owner);
      [this.trouble, this.pause] = [null, 0];
    } catch (problem) {
      this.trouble = problem instanceof Trouble ? problem : new Trouble("phone", String(problem?.message ?? problem));
      const longest = Math.max(this.pause * 2, FIRST_PAUSE);
      this.pause = Math.max(Math.min(longest, LONGEST_PAUSE), this.trouble.wait * 1000);
      this.timer = setTimeout(() => this.go(owner), this.pause * (0.75 + Math.random() / 2));
    }
    this.running = false;
    this.tell();
    if (this.more) this.later(owner, 1);
  }

  later(owner, seconds) {
    this.more = this.running;
    if (this.trouble || this.running) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.go(owner), seconds * 1000);
  }

  stop() {
    clearTimeout(this.timer);
    this.trouble = null;
  }

  async allOf(owner) {
    const who = await askWho();
    if (!(await this.meet(who))) return;
    const visits = await visitsOf(owner);
    const queues = [];
    for (const visit of visits) queues.push([visit, await pending("changes", visit), await pending("photos", visit)]);
    this.done = 0;
    this.all = queues.reduce((sum, [, changes, photos]) => sum + changes.length + photos.length, 0);
    let held;
    for (const [visit, changes, photos] of queues) {
      if (!changes.length && !photos.length) continue;
      try {
        await this.one(visit, changes, photos, who.token);
        if (visit.trouble) await note(visit, "");
      } catch (problem) {
        // One visit that this person may send to no longer does not hold up the others.
        if (!(problem instanceof Trouble) || !["forbidden", "gone"].includes(problem.kind)) throw problem;
        if ((await askWho()).id !== owner) throw new Trouble("signed_out");
        await note(visit, problem.detail || problem.kind);
        held = problem;
      }
    }
    if (held) throw held;
  }

  async one(visit, changes, photos, token) {
    for (let start = 0; start < changes.length; start += AT_ONCE) await this.batch(visit, changes.slice(start, start + AT_ONCE), token);
    for (const photo of photos) {
      const held = await get("bodies", photo.id);
      try {
        await sendPhoto(visit.number, photo, held.body, token);
      } catch (problem) {
        if (problem.kind !== "refused") throw problem;
        await turnDown("photos", photo, problem);
        continue;
      }
      await write(["photos", "bodies"], async (rows) => {
        await rows.put("photos", { ...photo, outcome: "kept" });
        await rows.put("bodies", { ...held, body: null });
      });
      this.step(1);
    }
    const { sheet, fetched_at } = await get("visits", [visit.owner, visit.number]);
    if (sheet.lines.some((each) => each.conflict) || Date.now() - Date.parse(fetched_at) > STALE) await refetch(visit);
  }

  async batch(visit, changes, token) {
    const sent = changes.map(({ id, kind, order, made_at, line, based_on, said }) => ({ id, kind, order, made_at, line, based_on, said }));
    try {
      await takeOver(visit, await sendChanges(visit.number, sent, token));
    } catch (problem) {
      if (problem.kind !== "refused") throw problem;
      if (changes.length === 1) return turnDown("changes", changes[0], problem);
      for (const each of changes) await this.batch(visit, [each], token);
      return undefined;
    }
    return this.step(changes.length);
  }

  step(many) {
    this.done += many;
    this.tell();
  }
}

async function pending(name, { owner, number }) {
  const rows = (await of(name, owner, number)).filter((each) => !each.outcome && !each.unready);
  return rows.sort((one, other) => (one.order ?? 0) - (other.order ?? 0) || one.taken_at?.localeCompare(other.taken_at));
}

const note = (visit, trouble) =>
  write(["visits"], async (rows) => {
    const held = await rows.get("visits", [visit.owner, visit.number]);
    if (held) await rows.put("visits", { ...held, trouble });
  });

/** The sheet as it is now: what others recorded, and where two differ. */
export async function refetch({ owner, number }) {
  const sheet = await askSheet(number);
  await write(["visits"], (rows) => rows.put("visits", { owner, number, sheet, fetched_at: new Date().toISOString(), trouble: "" }));
}
