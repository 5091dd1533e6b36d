// On a narrow screen the staff's list of queues starts closed.
export function startSide() {
  const side = document.querySelector("details[data-side]");
  if (!side) return;
  const wide = matchMedia("(min-width: 62em)");
  const fit = () => (side.open = wide.matches);
  wide.addEventListener("change", fit);
  fit();
}
