// The hosted flow, as a subscriber of the demo walks it: with scripts on and off, in one tab and in two, at every size.
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { assertAccessible } from "../lib/axe.js";
import { NARROW, WIDE, picture } from "../lib/browser.js";
import { overflow } from "../lib/layout.js";

/** A window at 200 % zoom has half as many pixels of its own; 320 are what WCAG asks for. */
const SIZES = { wide: WIDE, narrow: NARROW, smallest: { width: 320, height: 640 }, zoomed: { width: 640, height: 400 } };

/** The subscribers of the demo are known by the number of their row; these have not walked. */
let row = 7_000;

/** Letting somebody in, as a company's own server does it; the answer is the address of their page. */
async function letIn(run, more = {}) {
  row -= 1;
  const wish = { customer: { external_id: `${row}` }, trigger: "cancel_intent", mode: "test", ...more };
  return (await run.kale.api("POST", "/viewer/tokens", wish)).url;
}

/** The button of an action; a card has one of each at most. */
const button = (page, action) => page.locator(`button[name=action][value=${action}]`);
const press = (page, action) => button(page, action).click();
const heading = (page) => page.getByRole("heading", { level: 1 }).innerText();
const session = (page) => page.locator("input[name=session]").first().getAttribute("value");

/** From the first card to the one with the offer. */
async function toTheOffer(page) {
  await page.getByLabel("Pay nothing for a while").check();
  await press(page, "next");
  assert.equal(await heading(page), "Take a break");
}

/** From the first card to the one that tells how to keep a number. */
async function toPorting(page) {
  await toTheOffer(page);
  await press(page, "decline");
  await page.getByLabel("Yes").check();
  await press(page, "next");
  assert.equal(await heading(page), "How to keep your number");
}

/** A picture and a check of what is shown, in both themes and at every size. */
async function looked(page, name) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const theme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: theme });
      await assertAccessible(page, `${name}, ${theme}, ${size}`);
      assert.equal(await overflow(page), "", `${name} scrolls sideways, ${size}`);
      if (size === "wide" || size === "narrow") await picture(page, `flow-${name}-${theme}-${viewport.width}`);
    }
  }
  await page.setViewportSize(WIDE);
}

export function flow(run) {
  for (const scripts of [true, false]) {
    const walk = (name, work) => run.browser.on({ scripts }, `flow-${name}-${scripts ? "scripts" : "plain"}`, work);

    describe(`The hosted flow, scripts ${scripts ? "on" : "off"}`, () => {
      it("goes on, back, and to a receipt with its number", () =>
        walk("accept", async (page) => {
          await page.goto(await letIn(run));
          assert.equal(await heading(page), "What would you like to do?");
          await toTheOffer(page);
          await press(page, "back");
          assert.ok(await page.getByLabel("Pay nothing for a while").isChecked(), "the answer is still there");
          await press(page, "next");
          await press(page, "accept");
          assert.equal(await heading(page), "All set");
          assert.match(await page.locator("dl").innerText(), /[0-9A-Z]{10}/);
          // Loading it again shows the same and does nothing.
          const receipt = await page.locator("main").innerText();
          await page.reload();
          assert.equal(await page.locator("main").innerText(), receipt);
        }));

      it("declines an offer and keeps the subscription on the confirm card", () =>
        walk("decline", async (page) => {
          await page.goto(await letIn(run));
          await toTheOffer(page);
          await press(page, "decline");
          assert.equal(await heading(page), "Keep your number?");
          await page.getByLabel("Yes").check();
          await press(page, "next");
          assert.equal(await heading(page), "How to keep your number");
          await press(page, "next");
          assert.equal(await heading(page), "Cancel your subscription");
          await press(page, "decline");
          assert.equal(await heading(page), "All set");
        }));

      it("cancels from every card in one post, and on the confirm card in one more", () =>
        walk("cancel", async (page) => {
          await page.goto(await letIn(run));
          const ways = [
            async () => {
              await page.getByLabel("Pay nothing for a while").check();
              await press(page, "next");
            },
            () => press(page, "decline"),
            async () => {
              await page.getByLabel("Yes").check();
              await press(page, "next");
            },
            async () => {},
          ];
          for (const goOn of ways) {
            const before = await heading(page);
            await press(page, "cancel");
            assert.equal(await heading(page), "Cancel your subscription", `from ${before}`);
            await press(page, "back");
            assert.equal(await heading(page), before);
            await goOn();
          }
          await press(page, "cancel");
          await press(page, "cancel");
          assert.equal(await heading(page), "Your subscription is cancelled");
          assert.match(await page.locator("dl").innerText(), /[0-9A-Z]{10}/);
        }));

      it("opens the page of a call to action in another tab, records it once and stays on the card", () =>
        walk("call", async (page) => {
          await page.context().route("https://help.example.com/**", (route) => route.fulfill({ body: "Porting" }));
          await page.goto(await letIn(run));
          await toPorting(page);
          const id = await session(page);
          const follow = page.getByRole("button", { name: "Read how porting works" });
          for (let times = 0; times < 2; times += 1) {
            const [opened] = await Promise.all([page.context().waitForEvent("page"), follow.click()]);
            await opened.waitForURL("https://help.example.com/keep-your-number");
            assert.equal(await opened.evaluate(() => window.opener), null);
            await opened.close();
          }
          assert.equal(await heading(page), "How to keep your number");
          const replay = await run.kale.api("GET", `/sessions/${id}/replay`);
          const followed = replay.events.filter((event) => event.name === "cta.clicked");
          assert.equal(followed.length, 1);
          await press(page, "next");
          assert.equal(await heading(page), "Cancel your subscription");
        }));

      it("counts a double click as one step, and tells the other tab where it stands", () =>
        walk("tabs", async (page, watch) => {
          // The other tab's post is refused, and the browser says so in its console.
          watch.expect(/status of 409/);
          const place = await letIn(run);
          await page.goto(place);
          const other = await page.context().newPage();
          await other.goto(place);
          await page.getByLabel("Pay nothing for a while").check();
          await button(page, "next").dblclick({ noWaitAfter: true });
          await page.getByRole("heading", { name: "Take a break" }).waitFor();
          const id = await session(page);
          const replay = await run.kale.api("GET", `/sessions/${id}/replay`);
          assert.deepEqual(replay.path.map((one) => one.step), [1, 2]);

          await other.getByLabel("I'm moving").check();
          await press(other, "next");
          assert.equal(await heading(other), "Take a break");
          assert.match(await other.getByRole("status").innerText(), /another window/);
          await press(other, "accept");
          assert.equal(await heading(other), "All set");
          await press(page, "decline");
          assert.equal(await heading(page), "All set");
        }));
    });
  }

  describe("How the hosted flow looks", { concurrency: 2 }, () => {
    const walk = (name, work) => run.browser.on({}, `flow-look-${name}`, work);

    it("a question, an offer, the confirm card and the receipt", () =>
      walk("way", async (page) => {
        await page.goto(await letIn(run));
        await looked(page, "question");
        await toTheOffer(page);
        await looked(page, "offer");
        await press(page, "cancel");
        await looked(page, "confirm");
        await press(page, "cancel");
        await looked(page, "receipt");
      }));

    it("a hand-off, and that a person was asked", () =>
      walk("others", async (page) => {
        await page.goto(await letIn(run));
        await page.getByLabel("Something doesn't work").check();
        await press(page, "next");
        assert.equal(await heading(page), "Report it and we call you");
        await looked(page, "hand-off");
        await press(page, "accept");
        await looked(page, "escalated");
      }));

    it("a card with a call to action, and the page that leads away", () =>
      walk("calls", async (page) => {
        // An answer without content leaves the page that leads away where it is.
        await page.context().route("https://help.example.com/**", (route) => route.fulfill({ status: 204 }));
        await page.goto(await letIn(run));
        await toPorting(page);
        await looked(page, "call");
        const follow = page.getByRole("button", { name: "Read how porting works" });
        const [leaving] = await Promise.all([page.context().waitForEvent("page"), follow.click()]);
        await leaving.getByRole("heading", { name: "You go to help.example.com" }).waitFor();
        await looked(leaving, "leaving");
      }));

    it("a link that opens nothing", () =>
      walk("dead", async (page, watch) => {
        watch.expect(/status of 4/);
        const answer = await page.goto("/f/nobody-has-this-handle");
        assert.ok(answer.status() >= 400, `${answer.status()}`);
        await looked(page, "dead");
      }));
  });
}
