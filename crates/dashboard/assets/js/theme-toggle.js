// Auto, light, dark: kept on this device and with the user.
import { csrf, remember } from "./page.js";

const order = ["auto", "light", "dark"];
const root = document.documentElement;

function label(button) {
  button.setAttribute("aria-label", `Colour theme: ${root.dataset.theme}`);
  button.title = `Colour theme: ${root.dataset.theme}`;
}

document.querySelectorAll("[data-theme-toggle]").forEach(label);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-toggle]");
  if (!button) return;
  root.dataset.theme = order[(order.indexOf(root.dataset.theme) + 1) % order.length];
  remember("kale-theme", root.dataset.theme);
  label(button);
  fetch("/account/theme", {
    method: "POST",
    headers: { "X-CSRF-Token": csrf() },
    body: new URLSearchParams({ csrf: csrf(), theme: root.dataset.theme }),
  }).catch(() => {
    // The device remembers it; the user's own setting follows at the next click.
  });
});
