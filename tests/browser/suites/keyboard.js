// The pages with the most in them, without a mouse.
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { good } from "../lib/files.js";
import { choose, tabTo } from "../lib/keys.js";
import { ended, numberIn } from "../lib/reading.js";

export function keyboard(run) {
  const owner = { as: "owner" };

  /** Puts a form into the page that asks before it leads to the customers named `word`, and sends it. */
  const ask = async (page, word) => {
    await page.evaluate((word) => {
      const form = document.createElement("form");
      form.id = "planted";
      form.action = "/customers";
      Object.assign(form.dataset, { confirm: "Leave this page?", confirmLabel: "Leave it" });
      form.innerHTML = `<input type="hidden" name="q" value="${word}">`;
      document.getElementById("main").append(form);
      form.requestSubmit();
    }, word);
    await page.getByRole("dialog").waitFor();
  };

  describe("By keyboard alone", () => {
    it("the first stop of a page leads past the navigation", () =>
      run.browser.on(owner, "keys-skip", async (page) => {
        await page.goto("/customers");
        await page.keyboard.press("Tab");
        assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
        await page.keyboard.press("Enter");
        assert.equal(await page.evaluate(() => document.activeElement.id), "main");
      }));

    it("a file is uploaded, mapped, checked, imported and taken back", () =>
      run.browser.on(owner, "keys-upload", async (page) => {
        // Playwright takes hold of choosers once somebody listens, which has to be before the key is pressed.
        page.on("filechooser", () => {});
        await page.goto("/data");
        await tabTo(page, page.locator("#file"));
        const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Enter")]);
        await chooser.setFiles({ name: "keys.csv", mimeType: "text/csv", buffer: Buffer.from(good("keys", 12)) });
        await tabTo(page, page.getByRole("button", { name: "Upload", exact: true }));
        await page.keyboard.press("Enter");
        await page.waitForURL(/\/data\/uploads\/upl_/);

        const plan = page.getByLabel("contract goes to");
        await tabTo(page, plan);
        await choose(page, plan, "Plan");
        await tabTo(page, page.getByRole("button", { name: "Check the file" }));
        await page.keyboard.press("Enter");

        const go = page.getByRole("button", { name: "Import", exact: true });
        await go.waitFor();
        await tabTo(page, go);
        await page.keyboard.press("Enter");

        const undo = page.getByRole("button", { name: "Undo" });
        await undo.waitFor();
        await ended(page);
        assert.match(await page.locator("section.good .facts").textContent(), /Added\s*12/);
        await tabTo(page, undo);
        await page.keyboard.press("Enter");
        const dialog = page.getByRole("dialog");
        await dialog.waitFor();
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "hidden" });
        assert.equal(await undo.evaluate((element) => element === document.activeElement), true, "the focus is back");
        await page.keyboard.press("Enter");
        await tabTo(page, dialog.getByRole("button", { name: "Undo import" }));
        await page.keyboard.press("Enter");
        await page.getByRole("heading", { name: "Undone" }).waitFor();
        await ended(page);
      }));

    it("a question that is kept and asked again at once is answered", () =>
      run.browser.on(owner, "keys-question", async (page) => {
        await page.goto("/settings");
        await ask(page, "again");
        // Closing tells of itself a moment later: here after the second question is on the page.
        await page.evaluate(() => {
          document.getElementById("confirm").close();
          document.getElementById("planted").requestSubmit();
        });
        await page.getByRole("button", { name: "Leave it" }).click();
        await page.waitForURL(/\/customers\?q=again/);
      }));

    it("a question is answered whose form was put in anew meanwhile", () =>
      run.browser.on(owner, "keys-question-swapped", async (page) => {
        await page.goto("/settings");
        await ask(page, "swapped");
        await page.evaluate(() => {
          const form = document.getElementById("planted");
          form.replaceWith(form.cloneNode(true));
        });
        await page.getByRole("button", { name: "Leave it" }).click();
        await page.waitForURL(/\/customers\?q=swapped/);
      }));

    it("a rule is changed, given a condition, previewed and saved", () =>
      run.browser.on(owner, "keys-persona", async (page) => {
        const settled = () => page.waitForFunction(() => !document.querySelector("#preview").classList.contains("stale"));
        const wouldHave = async () => numberIn(await page.locator("#preview .facts dd").first().textContent());
        await page.goto("/personas");
        await tabTo(page, page.getByRole("link", { name: "Settled", exact: true }));
        await page.keyboard.press("Enter");
        await page.waitForURL(/\/personas\/per_/);

        const rows = page.locator("[data-root] [data-condition]");
        const limit = rows.first().locator("[data-value] input");
        await tabTo(page, limit);
        await page.keyboard.press("Control+a");
        await page.keyboard.type("36");
        await settled();
        const longer = await wouldHave();
        assert.ok(longer < 3822, `fewer stay three years: ${longer}`);

        await tabTo(page, page.locator("[data-root] [data-add=condition]").last());
        await page.keyboard.press("Enter");
        assert.equal(await rows.count(), 2);
        const added = rows.last();
        const subject = added.locator("[data-subject]");
        assert.equal(await subject.evaluate((element) => element === document.activeElement), true, "the focus is in the new row");
        await choose(page, subject, "Contract");
        await tabTo(page, added.locator("[data-value] input"));
        await page.keyboard.type("Two year");
        await settled();
        const both = await wouldHave();
        assert.ok(both < longer, `fewer have such a contract: ${both}`);

        await tabTo(page, added.getByRole("button", { name: "Remove this condition" }));
        await page.keyboard.press("Enter");
        await settled();
        assert.equal(await wouldHave(), longer);
        await tabTo(page, limit, { back: true });
        await page.keyboard.press("Control+a");
        await page.keyboard.type("30");
        await settled();
        const half = await wouldHave();
        await tabTo(page, page.locator("#reason"));
        await page.keyboard.type("By keyboard");
        await tabTo(page, page.getByRole("button", { name: "Save and apply" }));
        await page.keyboard.press("Enter");
        await page.waitForURL(/\/(personas|jobs\/[^/]+)$/);
        await ended(page);

        await page.goto("/personas");
        await ended(page);
        assert.equal(numberIn(await page.locator(".plist .share b").nth(2).textContent()), half);
        await page.goto("/personas/versions");
        await tabTo(page, page.getByRole("button", { name: "Bring back" }).first());
        await page.keyboard.press("Enter");
        await tabTo(page, page.getByRole("dialog").getByRole("button", { name: "Bring back" }));
        await page.keyboard.press("Enter");
        await page.waitForURL(/\/(personas|jobs\/[^/]+)$/);
        await ended(page);
      }));

    it("a list is gone through, selected in and looked at", () =>
      run.browser.on(owner, "keys-list", async (page) => {
        await page.goto("/customers");
        await page.keyboard.press("j");
        await page.keyboard.press("j");
        await page.keyboard.press("x");
        const second = page.locator("tbody tr").nth(1);
        assert.equal(await second.locator("input[name=id]").isChecked(), true);
        assert.match(await page.locator("[data-count]").textContent(), /^1 selected/);
        await page.keyboard.press("Enter");
        const drawer = page.getByRole("complementary", { name: "Customer at a glance" });
        await drawer.getByRole("link", { name: "Open full page" }).waitFor();
        await page.waitForFunction(() => document.activeElement?.closest("#peek") !== null);
        await page.keyboard.press("Escape");
        await page.waitForFunction(() => document.querySelector("#peek").childElementCount === 0);
        assert.equal(await second.locator("a[data-peek]").evaluate((link) => link === document.activeElement), true);
      }));

    it("Control K leads to the search from everywhere", () =>
      run.browser.on(owner, "keys-jump", async (page) => {
        await page.goto("/jobs");
        await page.keyboard.press("Control+k");
        await page.keyboard.type("4711");
        await page.keyboard.press("Enter");
        await page.waitForURL(/\/customers\?q=4711/);
        await page.locator("#results").waitFor();
      }));
  });
}
