// What holds for every page, whatever it shows: seen at two widths and in both themes.
import assert from "node:assert/strict";

import { assertAccessible } from "./axe.js";
import { NARROW, WIDE, picture } from "./browser.js";
import { overflow } from "./layout.js";

/** Links and buttons whose target is not on the page. */
function leadsNowhere(page) {
  return page.evaluate(() => {
    const there = (id) => document.getElementById(decodeURIComponent(id)) !== null;
    const anchors = [...document.querySelectorAll("a[href^='#']:not(#swagger *)")].map((a) => a.getAttribute("href").slice(1));
    const popovers = [...document.querySelectorAll("[popovertarget]")].map((button) => button.getAttribute("popovertarget"));
    const targets = [...document.querySelectorAll("[hx-target^='#']")].map((part) => part.getAttribute("hx-target").slice(1));
    const ids = [...document.querySelectorAll("[id]:not(#swagger *)")].map((part) => part.id);
    const twice = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} twice`);
    return [...[...anchors, ...popovers, ...targets].filter((id) => id && !there(id)), ...twice];
  });
}

/** Looks at a page as it stands, and keeps pictures of it. */
export async function assertLooks(page, name) {
  assert.equal(await page.locator("h1:not(#swagger *)").count(), 1, "one first heading");
  assert.deepEqual(await leadsNowhere(page), [], "what points into the page finds something there");
  // The theme follows the system, so that one load shows both.
  for (const size of [WIDE, NARROW]) {
    await page.setViewportSize(size);
    for (const theme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: theme });
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      // Colours are the same at both widths; what stands where is the same in both themes.
      if (size === WIDE || theme === "light") await assertAccessible(page, `${name}, ${theme}, ${size.width} px`);
      await picture(page, `${name}-${theme}-${size.width}`);
    }
  }
  assert.equal(await overflow(page), "", "it scrolls sideways on a phone");
}
