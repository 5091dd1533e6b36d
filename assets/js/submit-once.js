// A form that was sent is not sent again by an impatient second tap. The server has its own guard; this one saves the surprise.
export function startSubmitOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.dataset.display !== undefined) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter;
    // Disabling at once would drop the button's own name and value from what is sent.
    setTimeout(() => {
      for (const each of form.querySelectorAll("button:not([type=button])")) each.setAttribute("aria-disabled", "true");
      if (button?.dataset.busy) button.textContent = button.dataset.busy;
    });
  });
  // Coming back with the browser's back button: the form may be sent again.
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.querySelectorAll("form[data-sent]")) release(form);
  });
  // htmx answers without leaving the page.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.matches?.("form[data-sent]")) release(event.target);
  });
}

function release(form) {
  delete form.dataset.sent;
  for (const each of form.querySelectorAll("[aria-disabled]")) each.removeAttribute("aria-disabled");
}
