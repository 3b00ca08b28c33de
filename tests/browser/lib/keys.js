// Going through a page by keyboard alone.
import assert from "node:assert/strict";

const PRESSES = 250;

/** Presses Tab until the focus is on what the locator finds. Every stop on the way has to be seen: within the window, and
 * with something drawn around it. */
export async function tabTo(page, locator, { back = false } = {}) {
  await locator.waitFor({ state: "attached" });
  for (let presses = 0; presses < PRESSES; presses += 1) {
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
    const hidden = await page.evaluate(unseen);
    assert.equal(hidden, "", `the focus can't be seen: ${hidden}`);
    if (await locator.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`Tab never led to ${locator}`);
}

/** What has the focus, if that can't be seen; runs in the page. */
function unseen() {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const words = `${at.tagName.toLowerCase()} “${(at.getAttribute("aria-label") ?? at.textContent).trim().slice(0, 40)}”`;
  const box = at.getBoundingClientRect();
  const label = at.closest("label")?.getBoundingClientRect();
  const inside = (one) => one && one.width > 0 && one.bottom > 0 && one.top < innerHeight && one.right > 0 && one.left < innerWidth;
  if (!inside(box) && !inside(label)) return `${words} is outside of the window`;
  const drawn = (element) => {
    for (let one = element, steps = 0; one && steps < 3; one = one.parentElement, steps += 1) {
      const style = getComputedStyle(one);
      if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) return true;
      if (style.boxShadow !== "none" && one.matches(":focus-within")) return true;
    }
    const next = element.nextElementSibling;
    return next !== null && getComputedStyle(next).outlineStyle !== "none";
  };
  return drawn(at) ? "" : `${words} has nothing around it`;
}

/** Chooses the option of a focused list by typing its beginning. */
export async function choose(page, select, label) {
  await page.keyboard.type(label, { delay: 10 });
  const chosen = await select.evaluate((element) => element.selectedOptions[0].label);
  assert.equal(chosen, label);
}
