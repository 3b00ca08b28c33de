// What several islands need, and small things that hold for every page.

/** The token that unsafe requests carry. */
export const csrf = () => document.querySelector("meta[name=csrf]")?.content ?? "";

/** Reads a setting of this device; storage may be forbidden. */
export function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keeps a setting of this device. */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Then it holds for this page only.
  }
}

/** Adds a message to those in the corner. */
export function toast(text, tone = "leaf") {
  document.dispatchEvent(new CustomEvent("kale:toast", { detail: { text, tone } }));
}

/** Shows what only works with scripts. */
function reveal(root) {
  for (const part of root.querySelectorAll("[data-needs-script], [data-theme-toggle], [data-copy]")) part.hidden = false;
}

/** Moves the focus to what a page or a fragment asks for: a summary of problems, the head of a drawer. */
function focusAsked(root) {
  root.querySelector("[data-focus]")?.focus({ preventScroll: false });
}

reveal(document);
focusAsked(document);
// On a phone the navigation is a strip that scrolls: the part one is in should not begin out of sight.
document.querySelector("header nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
let focused = "";
document.addEventListener("htmx:before:swap", () => (focused = document.activeElement?.id ?? ""));
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target;
  reveal(document);
  // A swap must not throw the keyboard back to the top of the page.
  if (document.activeElement === document.body && focused) document.getElementById(focused)?.focus();
  if (target instanceof Element && target.isConnected) focusAsked(target);
});

// An answer of ours says what failed by itself; no answer at all does not.
document.addEventListener("htmx:error", (event) => {
  if (event.detail?.error?.name === "TypeError") toast("No connection. Nothing was changed; try again.", "stem");
});

// A popover whose form was sent has done its work.
document.addEventListener("htmx:before:request", (event) => {
  const form = event.target instanceof Element ? event.target.closest("form") : null;
  if (event.target === form) form?.closest("[popover]")?.hidePopover();
});

// Forms with much in them warn before they are left.
const changed = new WeakSet();
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-warn-unsaved]");
  if (form) changed.add(form);
});
document.addEventListener("submit", (event) => changed.delete(event.target));
addEventListener("beforeunload", (event) => {
  const open = [...document.querySelectorAll("form[data-warn-unsaved]")].some((form) => changed.has(form));
  if (open) event.preventDefault();
});
