// <button data-copy="#id"> copies the text of that element; the button's data-copied word tells that it worked.
async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain http on a closed network has no clipboard API.
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "visually-hidden";
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  if (!done) throw new Error("copy refused");
}

export function startCopying() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const word = button.querySelector("[data-copy-word]") ?? button;
    const before = word.textContent;
    try {
      await copyText(document.querySelector(button.dataset.copy).textContent.trim());
      word.textContent = button.dataset.copied;
    } catch {
      word.textContent = button.dataset.copyFailed;
    }
    setTimeout(() => (word.textContent = before), 2500);
  });
}
