// What has to work where no script runs: getting in, the list, one's own data.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";

import { tenBroken } from "../lib/files.js";
import { numberIn } from "../lib/reading.js";

export function withoutScripts(run) {
  const owner = { as: "owner", scripts: false };
  const plain = (options, name, work) => run.browser.on(options, `plain-${name}`, work);

  describe("Without scripts", () => {
    it("a person signs in by a link from their mail, and out again", () =>
      plain({ scripts: false }, "sign-in", async (page) => {
        const maya = "maya.lindqvist@harbour.example";
        await page.goto("/personas");
        await page.getByLabel("E-mail").fill(maya);
        await page.getByRole("button", { name: "Send me a link" }).click();
        await page.getByRole("heading", { name: "Check your mail" }).waitFor();
        await page.goto(await run.kale.linkFor(maya));
        await page.getByRole("button", { name: "Sign in" }).click();
        await page.getByRole("heading", { level: 1, name: "Personas" }).waitFor();
        await page.locator("header.side button.me").click();
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByRole("heading", { name: "Sign in to Kale" }).waitFor();
        await page.goto("/personas");
        assert.equal(new URL(page.url()).pathname, "/sign-in");
      }));

    it("an address that is none is refused beside its field", () =>
      plain({ scripts: false }, "sign-in-wrong", async (page, watch) => {
        watch.expect(/status of 422/);
        await page.goto("/sign-in");
        const field = page.getByLabel("E-mail");
        await field.evaluate((input) => (input.type = "text"));
        await field.fill("nobody");
        await page.getByRole("button", { name: "Send me a link" }).click();
        assert.equal(await page.getByLabel("E-mail").getAttribute("aria-invalid"), "true");
        assert.equal(await page.getByLabel("E-mail").inputValue(), "nobody");
      }));

    it("the list is sorted, searched, filtered, paged and opened", () =>
      plain(owner, "customers", async (page) => {
        await page.goto("/customers");
        const charges = page.getByRole("columnheader", { name: "Monthly charges" });
        await charges.getByRole("link").click();
        assert.match(page.url(), /sort=-attributes\.monthly_charges/);
        assert.equal(await charges.getAttribute("aria-sort"), "descending");

        await page.getByRole("button", { name: "Filter", exact: true }).click();
        const form = page.locator("#add-filter");
        await form.getByLabel("Filter by").selectOption({ label: "Contract" });
        await form.getByRole("button", { name: "Add filter" }).click();
        await page.waitForLoadState();
        if ((await page.locator(".fchip").count()) === 0) {
          // The server asks for the value now that it knows the field.
          const second = page.locator("#add-filter");
          if (!(await second.isVisible())) await page.getByRole("button", { name: "Filter", exact: true }).click();
          const tick = second.getByRole("checkbox", { name: "Two year" });
          if (await tick.count()) await tick.check();
          else await second.getByLabel("Value").fill("Two year");
          await second.getByRole("button", { name: "Add filter" }).click();
        }
        await page.locator(".fchip").getByText("Two year").waitFor();
        assert.match(await page.locator("nav.pager").textContent(), /of 1,695/);

        await page.getByRole("link", { name: "Next" }).click();
        assert.match(await page.locator("nav.pager").textContent(), /51 (to|–) 100/);
        await page.getByRole("link", { name: "Previous" }).click();
        assert.match(await page.locator("nav.pager").textContent(), /1 (to|–) 50/);
        await page.getByRole("link", { name: /^Remove filter/ }).click();
        assert.equal(await page.locator(".fchip").count(), 0);

        await page.getByRole("searchbox", { name: "Search customers" }).fill("4711");
        await page.keyboard.press("Enter");
        await page.waitForURL(/q=4711/);
        await page.locator("tbody tr th a").first().click();
        await page.locator("section[aria-labelledby=why]").waitFor();
      }));

    it("a view is kept, used and deleted", () =>
      plain(owner, "views", async (page) => {
        await page.goto("/customers?filter%5Battributes.contract%5D=One%20year");
        await page.getByRole("button", { name: "Keep these filters as a view" }).click();
        await page.getByLabel("Name of the view").first().fill("One year only");
        await page.getByRole("button", { name: "Keep view" }).click();
        const tab = page.getByRole("navigation", { name: "Saved views" }).getByRole("link", { name: /One year only/ });
        await tab.click();
        assert.equal(await tab.getAttribute("aria-current"), "page");
        assert.match(await page.locator("nav.pager").textContent(), /of 1,473/);
        await page.locator("button[popovertarget=own-view]").click();
        await page.getByRole("button", { name: "Delete view" }).click();
        await page.waitForLoadState();
        assert.equal(await tab.count(), 0);
      }));

    it("a selection is exported", () =>
      plain(owner, "export", async (page) => {
        await page.goto("/customers");
        await page.locator("tbody input[name=id]").nth(0).check();
        await page.locator("tbody input[name=id]").nth(3).check();
        const [file] = await Promise.all([page.waitForEvent("download"), page.locator("[data-bulk]").getByRole("button", { name: "Export" }).click()]);
        const lines = (await readFile(await file.path(), "utf8")).trim().split("\n");
        assert.equal(lines.length, 3, "a head and the two rows");
      }));

    it("a file is uploaded, mapped, checked, imported and taken back", () =>
      plain(owner, "data", async (page) => {
        const again = async (what) => {
          for (let tries = 0; tries < 300 && !(await what.isVisible()); tries += 1) {
            await page.waitForTimeout(200);
            await page.reload();
          }
        };
        await page.goto("/data");
        await page.locator("#file").setInputFiles({ name: "plain.csv", mimeType: "text/csv", buffer: Buffer.from(tenBroken("plain")) });
        await page.getByRole("button", { name: "Upload", exact: true }).click();
        await page.waitForURL(/\/data\/uploads\/upl_/);
        const check = page.getByRole("button", { name: "Check the file" });
        await again(check);
        await page.getByLabel("customer_id goes to").selectOption({ label: "Key of the customer" });
        await page.getByLabel("mrr goes to").selectOption({ label: "Amount per month (MRR)" });
        await page.getByLabel("mrr holds").selectOption({ label: "Amount" });
        await page.getByLabel("The file has no key: use the row number").uncheck();
        await check.click();
        const skip = page.getByLabel("Import the 30 others");
        await again(skip);
        await skip.check();
        await page.getByRole("button", { name: "Import", exact: true }).click();
        const undo = page.getByRole("button", { name: "Undo" });
        await again(undo);
        await undo.click();
        await again(page.getByRole("heading", { name: "Undone" }));
        // The customers follow; the page says so as long as they do.
        for (let tries = 0; tries < 300 && (await page.locator("[data-job]").count()) > 0; tries += 1) {
          await page.waitForTimeout(200);
          await page.reload();
        }
        assert.equal(await page.locator("[data-job]").count(), 0);
        await run.kale.api("GET", "/customers?limit=1&include=count").then((list) => assert.equal(list.page.count.value, 7043));
        await page.goto("/customers");
        assert.equal(numberIn(await page.locator(".ledger .cap b").first().textContent()), 7043);
      }));
  });
}
