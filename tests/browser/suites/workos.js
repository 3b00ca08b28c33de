// Coming in through a company's own sign-in: a demo of its own, with WorkOS's emulator beside it.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { assertLooks } from "../lib/appearance.js";
import { Browser } from "../lib/browser.js";
import { start } from "../lib/kale.js";

const OWNER = "ada.okafor@harbour.example";
const EXPERT = "maya.lindqvist@harbour.example";
const STRANGER = "nobody@elsewhere.example";

/** The emulator, as whoever runs the installation speaks to it. */
class Emulator {
  static async beside(kale) {
    const away = await fetch(`${kale.url}/sign-in/company`, { redirect: "manual" });
    const emulator = new Emulator();
    emulator.url = new URL(away.headers.get("location")).origin;
    return emulator;
  }

  async ask(method, path, body) {
    const answer = await fetch(this.url + path, {
      method,
      // The key it has where nobody gives it another.
      headers: { authorization: "Bearer sk_test_default", "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  /** What it calls somebody. */
  async person(email) {
    const { data } = await this.ask("GET", `/user_management/users?email=${encodeURIComponent(email)}`);
    return data[0].id;
  }
}

export function workos() {
  describe("Through a company's own sign-in", () => {
    let kale;
    let browser;
    let emulator;
    const through = (email) => `/sign-in/company?email=${encodeURIComponent(email)}`;

    before(async () => {
      kale = await start("--identity", "workos");
      browser = await Browser.launch(kale);
      emulator = await Emulator.beside(kale);
    });

    after(async () => {
      await browser?.close();
      assert.equal(await kale?.stop(), 0, "the demo ends in order");
      assert.deepEqual(kale.log.split("\n").filter((line) => / ERROR /.test(line)), []);
    });

    it("somebody comes in from the page they wanted, and goes out there, too", () =>
      browser.on({}, "workos-in-and-out", async (page) => {
        await page.goto("/customers");
        await page.getByRole("link", { name: "Continue with your company’s sign-in" }).waitFor();
        await assertLooks(page, "workos-sign-in");
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.getByRole("link", { name: "Continue with your company’s sign-in" }).click();
        await page.waitForURL(`${kale.url}/customers`);
        await page.locator("button.me").click();
        await page.getByText(OWNER).waitFor();

        // The way out goes on to the provider by itself; it is held so that the page can be looked at.
        await page.route(/sessions\/logout/, (route) => route.fulfill({ status: 204 }));
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByRole("heading", { name: "You are signed out" }).waitFor();
        await assertLooks(page, "workos-leaving");
        await page.unroute(/sessions\/logout/);
        await page.locator("#main a").first().click();
        await page.waitForURL(`${kale.url}/sign-in`);
        await page.goto("/customers");
        assert.equal(new URL(page.url()).pathname, "/sign-in");
      }));

    it("the links of the demo bring in whom they name, as often as they are opened", () =>
      browser.on({}, "workos-links", async (page) => {
        for (const [link, email] of [[kale.sign_in.retention_expert, EXPERT], [kale.sign_in.retention_admin, OWNER], [kale.sign_in.retention_expert, EXPERT]]) {
          await page.context().clearCookies();
          await page.goto(link);
          await page.waitForURL(`${kale.url}/`);
          await page.locator("button.me").click();
          await page.getByText(email).waitFor();
        }
      }));

    it("somebody whom no company knows is told what to do", () =>
      browser.on({}, "workos-no-access", async (page, watch) => {
        watch.expect(/status of 403/);
        await emulator.ask("POST", "/user_management/users", { email: STRANGER, first_name: "No", last_name: "Body", email_verified: true });
        await page.goto(through(STRANGER));
        await page.getByRole("heading", { name: "You are not in a company here" }).waitFor();
        await assertLooks(page, "workos-no-access");
        await page.goto("/customers");
        assert.equal(new URL(page.url()).pathname, "/sign-in");
      }));

    it("somebody of two companies is asked which", () =>
      browser.on({}, "workos-two-companies", async (page) => {
        await kale.newCompany("Northwind", "northwind", "robin@northwind.example");
        const { id } = await emulator.ask("POST", "/organizations", { name: "Northwind", external_id: "northwind" });
        const member = { user_id: await emulator.person(EXPERT), organization_id: id, role_slug: "admin" };
        await emulator.ask("POST", "/user_management/organization_memberships", member);
        await page.goto(through(EXPERT));
        await page.getByRole("heading", { name: "Which company?" }).waitFor();
        await assertLooks(page, "workos-organizations");
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.getByRole("button", { name: /Northwind/ }).click();
        await page.waitForURL(`${kale.url}/`);
        await page.locator("button.me").click();
        await page.getByText("Retention admin").first().waitFor();
        assert.equal(await page.locator(".tenant .t").textContent(), "Northwind");
      }));

    it("what an organization takes away is gone here within seconds", () =>
      browser.on({}, "workos-taken-away", async (page, watch) => {
        watch.expect(/status of 401/);
        await page.goto(through(EXPERT));
        await page.getByRole("button", { name: /Harbour Telecom/ }).click();
        await page.waitForURL(`${kale.url}/`);
        const { data } = await emulator.ask("GET", `/user_management/organization_memberships?user_id=${await emulator.person(EXPERT)}`);
        for (const one of data) {
          await fetch(`${emulator.url}/user_management/organization_memberships/${one.id}`, { method: "DELETE", headers: { authorization: "Bearer sk_test_default" } });
        }
        for (let tries = 0; tries < 60 && new URL(page.url()).pathname !== "/sign-in"; tries += 1) {
          await page.waitForTimeout(500);
          await page.goto("/customers");
        }
        assert.equal(new URL(page.url()).pathname, "/sign-in");
      }));
  });
}
