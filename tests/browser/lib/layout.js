// How a page fits its window.

/** What makes the page scroll sideways, in words; empty if nothing does. */
export function overflow(page) {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return "";
    const clipped = (element) => {
      for (let at = element.parentElement; at; at = at.parentElement) {
        if (getComputedStyle(at).overflowX !== "visible") return true;
      }
      return false;
    };
    const wide = [...document.body.querySelectorAll("*")].filter(
      (element) => element.getBoundingClientRect().right > room + 0.5 && !clipped(element),
    );
    const words = wide.slice(0, 6).map((element) => {
      const right = Math.round(element.getBoundingClientRect().right);
      return `${element.tagName.toLowerCase()}${element.className ? `.${[...element.classList].join(".")}` : ""} to ${right} px`;
    });
    return `${document.documentElement.scrollWidth} px wide in ${room}: ${words.join(", ")}`;
  });
}
