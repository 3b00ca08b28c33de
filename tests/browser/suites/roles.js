// What stands on a page depends on who looks.
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { NARROW } from "../lib/browser.js";

const sections = (page) => page.getByRole("navigation", { name: "Main" }).getByRole("link").locator(".t").allTextContents();

export function roles(run) {
  describe("Who may see what", { concurrency: 2 }, () => {
    it("a retention admin sees every part of their company", () =>
      run.browser.on({ as: "owner" }, "role-owner", async (page) => {
        await page.goto("/");
        assert.deepEqual(await sections(page), ["Today", "Customers", "Sessions", "Workflows", "Reasons", "Offers", "Analytics", "Personas", "Data", "Jobs", "Audit", "Settings"]);
        assert.equal(await page.locator(".acting").count(), 0);
      }));

    it("a retention expert sees no part they may not open, and is told so where they go anyway", () =>
      run.browser.on({ as: "expert" }, "role-expert", async (page, watch) => {
        await page.goto("/");
        assert.deepEqual(await sections(page), ["Today", "Customers", "Sessions", "Workflows", "Reasons", "Offers", "Personas"]);
        watch.expect(/status of 403/);
        for (const address of ["/data", "/jobs", "/audit", "/settings", "/settings/api-keys", "/settings/viewer", "/reasons/new-reason", "/offers/new", "/personas/new"]) {
          const answer = await page.goto(address);
          assert.equal(answer.status(), 403, address);
          assert.equal(await page.locator("h1").count(), 1, address);
          assert.ok(await page.getByRole("navigation", { name: "Main" }).isVisible(), `${address} keeps the navigation`);
        }
      }));

    it("a retention expert may look at personas and change nothing", () =>
      run.browser.on({ as: "expert" }, "role-expert-personas", async (page) => {
        await page.goto("/personas");
        await page.locator(".plist").waitFor();
        for (const name of ["New persona", "Apply rules"]) assert.equal(await page.getByText(name, { exact: true }).count(), 0, name);
        assert.equal(await page.locator(".plist-move").count(), 0);
        await page.goto("/personas/versions");
        assert.equal(await page.getByRole("button", { name: "Bring back" }).count(), 0);
        await page.goto("/customers");
        assert.equal(await page.getByRole("link", { name: "Export CSV" }).count(), 0);
        assert.equal(await page.locator("[data-bulk]").count(), 0);
      }));

    it("a retention expert may read a workflow and change nothing", () =>
      run.browser.on({ as: "expert" }, "role-expert-workflow", async (page) => {
        const { id } = await run.kale.api("POST", "/workflows", { template: "cancel_direct", name: "To be read" });
        await page.goto(`/workflows/${id}`);
        await page.getByRole("heading", { name: "To be read" }).waitFor();
        assert.equal(await page.locator("#main form[method=post]").count(), 0);
        assert.equal(await page.locator("kale-builder").count(), 0);
        const picture = await page.request.get(`/workflows/${id}/preview`, { headers: { accept: "text/html" } });
        assert.equal(picture.status(), 403);
        await run.kale.api("POST", `/workflows/${id}/archive`, {});
      }));

    it("a Kale admin chooses a company, sees a bar on every page there, and leaves again", () =>
      run.browser.on({ as: "admin" }, "role-admin", async (page) => {
        await page.goto("/customers");
        await page.getByRole("heading", { name: "Which company?" }).waitFor();
        await page.getByRole("button", { name: /Harbour Telecom/ }).click();
        await page.getByRole("heading", { level: 1, name: "Customers" }).waitFor();
        for (const address of ["/", "/personas", "/data"]) {
          await page.goto(address);
          assert.match(await page.locator(".acting").textContent(), /Acting inside Harbour Telecom as Kim Ferreira/);
        }
        await page.getByRole("button", { name: "Stop" }).click();
        await page.getByRole("heading", { name: "Which company?" }).waitFor();
      }));

    it("nobody sees a customer of another company", () =>
      run.browser.on({ as: "newcomer" }, "role-other", async (page, watch) => {
        watch.expect(/status of 404/);
        const { data } = await run.kale.api("GET", "/customers?limit=1");
        const answer = await page.goto(`/customers/${data[0].id}`);
        assert.equal(answer.status(), 404);
        const said = await page.locator("body").innerText();
        for (const theirs of [data[0].id, data[0].external_id, "Why this persona", "Monthly charges"]) {
          if (theirs) assert.ok(!new RegExp(`\\b${theirs}\\b`).test(said), theirs);
        }
      }));

    it("a stranger is sent to the sign-in and comes back to where they wanted to go", () =>
      run.browser.on({}, "role-stranger", async (page) => {
        for (const address of ["/", "/customers?sort=-mrr", "/personas", "/data", "/jobs", "/audit", "/settings"]) {
          await page.goto(address);
          const now = new URL(page.url());
          assert.equal(now.pathname, "/sign-in", address);
          assert.equal(now.searchParams.get("next") ?? "/", address);
        }
      }));

    it("on a phone the navigation begins at the part one is in", () =>
      run.browser.on({ as: "owner", size: NARROW }, "role-phone", async (page) => {
        await page.goto("/settings");
        const box = await page.locator("header nav [aria-current]").boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= NARROW.width, `it stands at ${box.x} px`);
      }));

    it("the theme of a person stays with them", () =>
      run.browser.on({ as: "expert" }, "role-theme", async (page) => {
        await page.goto("/");
        const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
        const paper = () => page.evaluate(() => getComputedStyle(document.querySelector("main")).backgroundColor);
        const [before, light] = [await theme(), await paper()];
        assert.equal(before, "auto");
        for (const next of ["light", "dark"]) {
          const [kept] = await Promise.all([
            page.waitForResponse("**/account/theme"),
            page.getByRole("button", { name: /^Colour theme/ }).click(),
          ]);
          assert.equal(kept.status(), 204);
          assert.equal(await theme(), next);
        }
        assert.notEqual(await paper(), light);
        await page.evaluate(() => localStorage.clear());
        await page.goto("/personas");
        assert.equal(await theme(), "dark", "the server knows it");
      }));
  });
}
