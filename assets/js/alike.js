// <div data-alike="url" data-place="code">: while a complaint is being written, what neighbours reported already is shown in it.
const PAUSE_MS = 900;
const FEWEST = 4;

export function startAlike() {
  const box = document.querySelector("[data-alike]");
  const form = box?.closest("form");
  const text = form?.elements.namedItem("text");
  if (!text) return;
  let asked = "";
  let timer;

  async function look() {
    const words = text.value.trim();
    const place = form.querySelector("[name=where]:checked")?.value.split("-")[0] ?? box.dataset.place;
    if (words.length < FEWEST || !place || asked === place + words) return;
    asked = place + words;
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ text: words, place, csrfmiddlewaretoken: token });
    try {
      const answer = await fetch(box.dataset.alike, { method: "POST", body });
      if (!answer.ok || answer.redirected || asked !== place + words) return;
      const found = document.createElement("template");
      found.innerHTML = await answer.text();
      box.replaceChildren(found.content);
    } catch {
      // Without a connection nothing is shown; filing says so itself.
    }
  }

  text.addEventListener("change", look);
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  });
  form.addEventListener("change", (event) => event.target.name === "where" && look());
  look();
}
