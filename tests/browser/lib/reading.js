// Reading what a page says.

/** The number a text is: `−1,318` or `$49.90`. */
export function number(text) {
  const found = /([-−–])?\D*?(\d[\d,]*(?:\.\d+)?)/.exec(text.trim());
  if (!found) throw new Error(`no number in “${text}”`);
  const value = Number(found[2].replaceAll(",", ""));
  return found[1] ? -value : value;
}

/** The first number in a text, without a sign. */
export function numberIn(text) {
  return Math.abs(number(text));
}

/** Waits until htmx has put in what it asked for. */
export async function quiet(page) {
  await page.waitForFunction(() => document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added") === null);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));
}

/** Waits until no work is shown any more on the page. */
export async function ended(page) {
  await page.waitForFunction(() => document.querySelector("[data-job]") === null, undefined, { timeout: 180_000 });
}
