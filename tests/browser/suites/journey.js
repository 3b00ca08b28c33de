// What a retention admin does on a first day, click by click.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";

import { picture } from "../lib/browser.js";
import { tenBroken } from "../lib/files.js";
import { pagesOf } from "../lib/pager.js";
import { ended, number, numberIn, quiet } from "../lib/reading.js";

const PAGE = 50;
const ALL = 7043;
const CHARGE = "attributes.monthly_charges";

export function journey(run) {
  describe("A retention admin's first day", () => {
    let context, page, watch;

    before(async () => {
      ({ context, page, watch } = await run.browser.open({ as: "owner" }));
    });
    after(async () => {
      await context?.close();
    });
    /** A step: fails also if the browser complained meanwhile. */
    const step = (name, work) =>
      it(name, async () => {
        try {
          await work();
          watch.assertQuiet();
        } catch (error) {
          await picture(page, `failed-journey-${name}`).catch(() => {});
          throw error;
        }
      });

    const total = async () => numberIn(await page.locator(".ledger .cap b").first().textContent());
    const summary = () => page.locator("nav.pager > span").first().textContent();

    step("signs in by a link and stands on Today", async () => {
      const ada = "ada.okafor@harbour.example";
      const { context: own, page: door, watch: seen } = await run.browser.open();
      await door.goto("/customers");
      assert.equal(new URL(door.url()).pathname, "/sign-in", "a stranger is sent to sign in");
      await door.getByLabel("E-mail").fill(ada);
      await door.getByRole("button", { name: "Send me a link" }).click();
      await door.getByRole("heading", { name: "Check your mail" }).waitFor();
      await door.goto(await run.kale.linkFor(ada));
      await door.getByRole("button", { name: "Sign in" }).click();
      await door.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
      await door.getByRole("link", { name: "Today" }).click();
      await door.locator("#today").waitFor();
      assert.match(await door.locator("header.side").textContent(), /Harbour Telecom/);
      seen.assertQuiet();
      await own.close();
    });

    step("sees all 7,043 customers", async () => {
      await page.goto("/");
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Customers" }).click();
      await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
      assert.equal(await total(), ALL);
      assert.equal(await page.locator("tbody tr").count(), PAGE);
    });

    step("finds the monthly charge among the columns to sort by, and saves that as it is", async () => {
      await page.goto("/settings");
      await page.getByLabel("Monthly charges").check();
      await page.getByRole("button", { name: "Save settings" }).click();
      await page.locator(".toast.leaf").waitFor();
      await page.goto("/customers");
      await page.locator(`[id="sort-${CHARGE}"]`).waitFor();
    });

    step("sorts by monthly charge and goes a hundred pages deep", async () => {
      const head = page.locator(`[id="sort-${CHARGE}"]`);
      await head.click();
      await page.locator("th[aria-sort=descending]").filter({ has: head }).waitFor();
      await quiet(page);
      let [last, nth] = [Infinity, 0];
      for await (const { columns } of pagesOf(page, 100)) {
        nth += 1;
        const charges = columns["monthly charges"].map(number);
        assert.equal(charges.length, PAGE);
        for (const charge of charges) {
          assert.ok(charge <= last, `page ${nth}: ${charge} after ${last}`);
          last = charge;
        }
      }
      assert.equal(nth, 100);
      assert.match(await summary(), /4,951 (to|–) 5,000 of 7,043/);
    });

    step("filters by contract and pages to the end", async () => {
      await page.goto("/customers");
      await page.getByRole("button", { name: "Filter", exact: true }).click();
      const form = page.locator("#add-filter");
      await form.getByLabel("Filter by").selectOption({ label: "Contract" });
      await form.locator("input[name=add_field][value='attributes.contract']").waitFor({ state: "attached" });
      const tick = form.getByRole("checkbox", { name: "One year" });
      if (await tick.count()) await tick.check();
      else await form.getByLabel("Value").fill("One year");
      await form.getByRole("button", { name: "Add filter" }).click();
      await page.locator(".fchip").getByText("One year").waitFor();
      await quiet(page);
      const matching = 1473;
      assert.match(await summary(), new RegExp(`of ${matching.toLocaleString("en")}`));
      const ids = [];
      for await (const one of pagesOf(page, 40)) ids.push(...one.ids);
      assert.equal(await page.getByRole("link", { name: "Next" }).count(), 0, "this is the end");
      assert.match(await summary(), /1,451 to 1,473 of 1,473/);
      assert.equal(ids.length, matching);
      assert.equal(new Set(ids).size, matching, "nobody stands on two pages");
    });

    step("opens one and reads why they have their persona", async () => {
      await page.locator("tbody tr a[data-peek]").first().click();
      const drawer = page.getByRole("complementary", { name: "Customer at a glance" });
      await drawer.getByRole("link", { name: "Open full page" }).click();
      const why = page.locator("section[aria-labelledby=why]");
      await why.waitFor();
      assert.match(await why.locator(".judged > li").first().textContent(), /contract/i);
      const persona = await page.locator(".person-persona .t").textContent();
      const chosen = why.locator(".judged > li").filter({ hasText: "This one" });
      if (persona === "Unassigned") {
        assert.equal(await chosen.count(), 0);
      } else {
        assert.equal(await chosen.count(), 1);
        assert.equal(await chosen.locator("summary .persona .t").textContent(), persona, "the reason is that of the persona they have");
        await chosen.locator("details[open] .trace .tr.yes").first().waitFor();
        assert.match(await chosen.locator(".trace").first().textContent(), /it is /, "the value that was compared is told");
      }
    });

    step("changes the tenure limit and sees the counts move before saving", async () => {
      await page.goto("/personas");
      assert.deepEqual(await counts(page), [1318, 184, 3822, 1719]);
      await page.locator(".plist").getByRole("link", { name: "New on a monthly plan", exact: true }).click();
      const limit = page.locator("[data-root] [data-condition]").nth(1).locator("[data-value] input");
      assert.equal(await limit.inputValue(), "6");
      await limit.fill("12");
      await page.waitForFunction(() => !document.querySelector("#preview").classList.contains("stale"));
      const facts = await page.locator("#preview .facts dd").allTextContents();
      assert.ok(numberIn(facts[0]) > 1318, `more would have it: ${facts}`);
      assert.equal(numberIn(facts[1]), 1318);
      assert.equal(numberIn(facts[0]) - numberIn(facts[1]), number(facts[2]));
      run.after = numberIn(facts[0]);
      run.moved = numberIn(await page.locator("#preview h3").textContent());
      assert.ok(run.moved >= run.after - 1318, `at least those move: ${run.moved}`);
    });

    step("saves, and sees the job finish", async () => {
      await page.locator("#reason").fill("A year is the first term here");
      await page.getByRole("button", { name: "Save and apply" }).click();
      await page.waitForURL(/\/(personas|jobs\/)/);
      await ended(page);
      await page.goto("/personas");
      await ended(page);
      assert.equal((await counts(page))[0], run.after, "as the preview said");
      await page.goto("/jobs");
      const job = page.locator("#jobs .rows-list > li").first();
      assert.match(await job.textContent(), /Apply persona rules/);
      assert.equal(await job.locator(".chip").textContent(), "Done");
      await job.getByRole("link", { name: "Apply persona rules" }).click();
      await page.locator("#job .chip", { hasText: "Done" }).waitFor();
      assert.match(await page.locator("#job").textContent(), new RegExp(`${run.moved.toLocaleString("en")} customers moved`));
    });

    step("uploads a file with ten broken rows and reads the report", async () => {
      await page.goto("/data");
      await page.locator("#file").setInputFiles({ name: "broken.csv", mimeType: "text/csv", buffer: Buffer.from(tenBroken("journey")) });
      await page.getByRole("button", { name: "Upload", exact: true }).click();
      await page.waitForURL(/\/data\/uploads\/upl_/);
      await page.getByRole("heading", { name: "What does each column mean?" }).waitFor();
      // Some rows have no key, so that nothing was suggested as one; a person knows better.
      await page.getByLabel("customer_id goes to").selectOption({ label: "Key of the customer" });
      await page.getByLabel("mrr goes to").selectOption({ label: "Amount per month (MRR)" });
      await page.getByLabel("mrr holds").selectOption({ label: "Amount" });
      await page.getByLabel("The file has no key: use the row number").uncheck();
      await page.getByRole("button", { name: "Check the file" }).click();
      await page.getByRole("heading", { name: "What can’t be imported" }).waitFor();
      assert.match(await page.locator(".ledger .legend").textContent(), /Ready\s*30\s*Can’t be imported\s*10/);
      const groups = await page.locator("section[aria-labelledby=wrong] summary b").allTextContents();
      assert.equal(groups.map(numberIn).reduce((sum, rows) => sum + rows, 0), 10, groups.join(" | "));
      await page.locator("section[aria-labelledby=wrong] summary").first().click();
      assert.match(await page.locator("section[aria-labelledby=wrong] details[open] table").textContent(), /n\/a/);
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Rejected rows" }).click()]);
      const rows = (await readFile(await file.path(), "utf8")).trim().split("\n");
      assert.equal(rows.length, 11, "a head and the ten rows");
    });

    step("skips them and imports the others", async () => {
      await page.getByLabel("Import the 30 others").check();
      await page.getByRole("button", { name: "Import", exact: true }).click();
      await page.getByRole("heading", { name: "Imported" }).waitFor();
      await ended(page);
      assert.match(await page.locator("section.good .facts").textContent(), /Added\s*30/);
      await page.getByRole("link", { name: "See the customers" }).click();
      await page.locator(".ledger").waitFor();
      assert.equal(await total(), ALL + 30);
    });

    step("takes the import back", async () => {
      await page.goto("/data");
      await page.getByRole("link", { name: "broken.csv" }).first().click();
      await page.getByRole("button", { name: "Undo" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByRole("button", { name: "Undo import" }).click();
      await page.getByRole("heading", { name: "Undone" }).waitFor();
      await ended(page);
      await page.goto("/customers");
      assert.equal(await total(), ALL);
    });

    step("exports a filter and opens the CSV", async () => {
      await page.goto("/customers?filter%5Battributes.contract%5D=One%20year");
      const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Export CSV" }).click()]);
      assert.match(file.suggestedFilename(), /\.csv$/);
      const lines = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
      assert.equal(lines.length, 1 + 1473);
      assert.match(lines[0], /contract/);
      assert.ok(lines.slice(1).every((line) => line.includes("One year")), "only who was filtered for");
    });

    step("brings the first rule back", async () => {
      await page.goto("/personas/versions");
      await page.getByRole("listitem").filter({ hasText: "Version 1" }).getByRole("button", { name: "Bring back" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Bring back" }).click();
      await page.waitForURL(({ pathname }) => pathname === "/personas" || pathname.startsWith("/jobs/"));
      await ended(page);
      await page.goto("/personas");
      await ended(page);
      assert.deepEqual(await counts(page), [1318, 184, 3822, 1719]);
    });
  });
}

/** How many customers have each persona, in order, and at last how many have none. */
async function counts(page) {
  return (await page.locator(".plist .share b").allTextContents()).map(numberIn);
}
