// The service worker keeps the frame. When another build has taken its place, the page says so and is opened anew when it suits.
const { worker, shell, build } = document.body.dataset;

/** The server has another build, or speaks another language since the frame was kept. */
export function lookForNewer(who) {
  if (who.build !== build) navigator.serviceWorker?.getRegistration?.().then((held) => held?.update(), () => undefined).catch(() => undefined);
  else if (who.language !== document.documentElement.lang) navigator.serviceWorker?.controller?.postMessage("frame");
}

export async function startShell(newer) {
  if (!navigator.serviceWorker) return;
  // The first worker takes nobody's place.
  let had = !!navigator.serviceWorker.controller;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (had) newer();
    had = true;
  });
  navigator.serviceWorker.addEventListener("message", (event) => event.data === "frame" && newer());
  try {
    const held = await navigator.serviceWorker.register(worker, { scope: shell, updateViaCache: "none" });
    addEventListener("online", () => held.update().catch(() => undefined));
  } catch {
    // No signal, or a browser that keeps no pages (private windows): the page that is open works on.
  }
}
