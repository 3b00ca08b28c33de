// Going through a long list.

/** How many pages are gone through by clicking; the others are asked for without being drawn, which takes long. */
const CLICKED = 8;

/** The pages of the list that is shown, by *Next*, at most that many. The last of them is shown at the end. */
export async function* pagesOf(page, most = Infinity) {
  let now = await page.evaluate(read, null);
  for (let nth = 1; ; nth += 1) {
    yield now;
    if (nth >= most || now.next === null) break;
    if (nth < CLICKED) {
      await Promise.all([page.waitForEvent("domcontentloaded"), page.getByRole("link", { name: "Next" }).click()]);
      now = await page.evaluate(read, null);
    } else {
      now = await page.evaluate(read, now.next);
    }
  }
  if (now.address) await page.goto(now.address);
}

/** What stands in the list at an address, or in the one that is shown; runs in the page. */
async function read(address) {
  let html = document;
  if (address) {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${answer.status} ${address}`);
    html = new DOMParser().parseFromString(await answer.text(), "text/html");
  }
  const rows = [...html.querySelectorAll("table.ctable tbody tr")];
  const heads = [...html.querySelectorAll("table.ctable thead th")].map((head) => head.textContent.trim().toLowerCase());
  return {
    address,
    columns: Object.fromEntries(heads.map((head, at) => [head, rows.map((row) => row.children[at].textContent)])),
    ids: rows.map((row) => row.id),
    next: html.querySelector("nav.pager a[rel=next]")?.getAttribute("href") ?? null,
  };
}
