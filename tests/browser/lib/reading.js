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

let calls = 0;

/**
 * Waits until htmx has put in what it asked for, and nothing has stirred for a moment. Where the page goes away meanwhile,
 * the one that comes is waited for: asking a page that leaves would fail, or never be answered.
 */
export async function quiet(page) {
  calls += 1;
  await page.waitForFunction((call) => {
    const busy = document.readyState !== "complete" || document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added") !== null;
    if (busy || window.quietCall !== call) {
      window.quietCall = busy ? undefined : call;
      window.quietSince = performance.now();
      return false;
    }
    return performance.now() - window.quietSince > 50;
  }, calls);
}

/** Waits until no work is shown any more on the page. */
export async function ended(page) {
  await page.waitForFunction(() => document.querySelector("[data-job]") === null, undefined, { timeout: 180_000 });
}
