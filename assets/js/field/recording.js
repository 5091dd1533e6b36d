// What an officer says becomes a row that waits to be sent, in the order in which it was said, with the time of the phone.
import { write } from "./store.js";

/** A key unlike any other: UUID, version 4. Older phones have no `crypto.randomUUID`. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A change of a visit. Raises what the store raises; then nothing was kept. */
async function queue(visit, kind, { line = null, said, id = newKey(), also }) {
  const { owner, number } = visit;
  return write(["changes", "kept", "visits"], async (rows) => {
    const counter = `order:${owner}`;
    const order = ((await rows.get("kept", counter))?.value ?? 0) + 1;
    const before = (await rows.of("changes", owner, number)).filter((each) => each.line === line && each.kind === "result" && !each.outcome);
    const held = await rows.get("visits", [owner, number]);
    const known = held?.sheet.lines.find((each) => each.id === line)?.version ?? 0;
    // What waits will have moved the item on by one each, so this one follows the last of them and nothing else.
    const last = before.sort((one, other) => one.order - other.order).pop();
    const based_on = kind === "result" ? (last ? last.based_on + 1 : known) : 0;
    const row = { id, owner, visit: number, kind, order, made_at: new Date().toISOString(), line, based_on, said, outcome: "" };
    await rows.put("kept", { name: counter, value: order });
    await rows.put("changes", row);
    if (also) await also(rows);
    return row;
  });
}

export const record = (visit, line, result, text) => queue(visit, "result", { line, said: { result, text } });

export const notePresent = (visit, role, name) => queue(visit, "present", { said: { role, name } });

/** A finding under the key that its photos bear already; what was typed for it is let go in the same moment. */
export const find = (visit, line, id, said) =>
  queue(visit, "finding", { line, id, said, also: (rows) => rows.remove("kept", draftOf(visit, line)) });

export const draftOf = (visit, line) => `draft:${visit.owner}:${visit.number}:${line}`;

/** Say again what was refused: a new key, now. */
export function again(visit, change) {
  return queue(visit, change.kind, { line: change.line, said: change.said });
}

/** An item as the officer sees it: what waits to be sent, else what the server said. */
export function seen(line, changes) {
  const mine = changes.filter((each) => each.kind === "result" && each.line === line.id && !each.outcome);
  const last = mine.sort((one, other) => one.order - other.order).pop();
  return last ? { ...last.said, waits: true } : { result: line.result, text: line.text, waits: false };
}
