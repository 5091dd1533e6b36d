// What was fetched and what was recorded, in IndexedDB. Every row bears its owner: another person on this phone reads none of it.
// A row is let go only after the server has said that it has what the row holds.
const NAME = "mulin-field";
const VERSION = 1;
let opened;

function asPromise(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const base = request.result;
      base.createObjectStore("kept", { keyPath: "name" });
      base.createObjectStore("visits", { keyPath: ["owner", "number"] });
      // Pictures lie apart from what is said of them: counting and listing read no megabytes.
      base.createObjectStore("bodies", { keyPath: "id" });
      for (const name of ["changes", "photos"]) {
        const store = base.createObjectStore(name, { keyPath: "id" });
        store.createIndex("of", ["owner", "visit"]);
      }
    };
    request.onsuccess = () => {
      const base = request.result;
      base.onversionchange = () => base.close();
      base.onclose = () => (opened = undefined);
      resolve(base);
    };
    request.onerror = () => {
      opened = undefined;
      reject(request.error);
    };
  });
  return opened;
}

/** Write in one go: all of it is on the disk when this resolves, or none. Rejects with QuotaExceededError when the phone is full. */
export async function write(stores, work) {
  const base = await open();
  const transaction = base.transaction(stores, "readwrite", { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("not written"));
  });
  done.catch(() => {});
  const stored = (name) => transaction.objectStore(name);
  let answer;
  try {
    answer = await work({
      get: (name, key) => asPromise(stored(name).get(key)),
      of: (name, owner, visit) => asPromise(stored(name).index("of").getAll([owner, visit])),
      put: (name, row) => asPromise(stored(name).put(row)),
      remove: (name, key) => asPromise(stored(name).delete(key)),
    });
  } catch (problem) {
    try {
      transaction.abort();
    } catch {
      // It had ended by itself.
    }
    throw problem;
  }
  await done;
  return answer;
}

async function read(name, ask) {
  const base = await open();
  return asPromise(ask(base.transaction(name).objectStore(name)));
}

export const get = (name, key) => read(name, (store) => store.get(key));
export const put = (name, row) => write([name], (rows) => rows.put(name, row));
export const of = (name, owner, visit) => read(name, (store) => store.index("of").getAll([owner, visit]));
const whole = (name) => read(name, (store) => store.getAll());

export async function kept(name) {
  return (await get("kept", name))?.value;
}

export const keep = (name, value) => put("kept", { name, value });
export const forget = (name) => write(["kept"], (rows) => rows.remove("kept", name));

/** Writes what is being typed, at once and the last of it again: a phone may be put away in the middle of a word. */
export function typing(write, failed) {
  let [busy, more] = [false, false];
  return async function remember() {
    if (busy) {
      more = true;
      return;
    }
    busy = true;
    do {
      more = false;
      await write().catch(failed);
    } while (more);
    busy = false;
  };
}

/** The visits that a person carries along, the next day first. */
export async function visitsOf(owner) {
  const rows = (await whole("visits")).filter((row) => row.owner === owner);
  return rows.sort((one, other) => one.sheet.planned_on.localeCompare(other.sheet.planned_on) || one.number.localeCompare(other.number));
}

/** How much waits to be sent: a person's own, and other people's. */
export async function waiting(owner) {
  const rows = [...(await whole("changes")), ...(await whole("photos"))].filter((row) => !row.outcome);
  const mine = rows.filter((row) => row.owner === owner).length;
  return { mine, others: rows.length - mine };
}

/** The browser is asked not to clear this away when space is short. */
export async function keepForGood() {
  try {
    return (await navigator.storage?.persisted?.()) || (await navigator.storage?.persist?.()) || false;
  } catch {
    return false;
  }
}

export const isFull = (problem) => problem?.name === "QuotaExceededError" || /quota|disk/i.test(problem?.message ?? "");
