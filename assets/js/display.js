// Large type and theme change at once; the form behind each button keeps the choice in a cookie.
const DARK = { auto: "screen and (prefers-color-scheme: dark)", dark: "screen", light: "not all" };

function show(name, value) {
  const page = document.documentElement;
  page.dataset[name] = value;
  if (name === "theme") document.getElementById("dark-sheet").media = DARK[value];
  for (const button of document.querySelectorAll(`form[data-display] button[name="${name}"]`)) {
    // The one-tap button in the masthead switches between two values, so its next value turns round.
    if (button.dataset.toggle) {
      const [off, on] = button.dataset.toggle.split(" ");
      button.setAttribute("aria-pressed", String(value === on));
      button.value = value === on ? off : on;
    } else button.setAttribute("aria-pressed", String(button.value === value));
  }
}

export function startDisplay() {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-display]");
    const button = event.submitter;
    if (!form || !button) return;
    event.preventDefault();
    const body = new FormData(form);
    body.set(button.name, button.value);
    show(button.name, button.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
      if (answer.status >= 400) throw new Error(`display: ${answer.status}`);
    } catch {
      // Offline the choice still holds for this page; it is kept the next time it is made.
    }
  });
}
