// Keeps the frame of the check list, so that it opens without a signal. `FIELD` is put before this by the server: version, shell, files.
// It touches nothing else: what is fetched and sent goes past it, and what was recorded lies in IndexedDB, which it never opens.
const { version, shell, files } = self.FIELD;
const PREFIX = "mulin-field-";
const NAME = PREFIX + version;

// A hotel's sign-in page, or ours, must never be kept in the place of the frame.
async function fresh(url) {
  const answer = await fetch(url, { cache: "reload", redirect: "error" });
  const kind = answer.headers.get("Content-Type") ?? "";
  const right = url === shell ? answer.headers.get("X-Field-Build") === version : !kind.startsWith("text/html");
  if (!answer.ok || !right) throw new Error(`not kept: ${url} ${answer.status}`);
  return answer;
}

async function install() {
  const wanted = [shell, ...files];
  const answers = await Promise.all(wanted.map(fresh));
  const kept = await caches.open(NAME);
  await Promise.all(wanted.map((url, index) => kept.put(url, answers[index])));
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith(PREFIX) && name !== NAME) await caches.delete(name);
  await self.clients.claim();
}

async function answer(request, url) {
  const kept = await caches.open(NAME);
  return (await kept.match(url)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" ? pathname === shell : files.includes(pathname)) event.respondWith(answer(request, pathname));
});
// The language or the look was changed: the frame is fetched anew, or stays as it was.
self.addEventListener("message", (event) => {
  if (event.data !== "frame") return;
  event.waitUntil(
    fresh(shell).then(
      async (found) => (await caches.open(NAME)).put(shell, found).then(() => event.source?.postMessage("frame")),
      () => undefined,
    ),
  );
});
