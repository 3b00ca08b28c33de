// Somebody who comes back to the hosted flow: after 20 hours on another device, and after more than a day; and what staff see of it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { MongoClient, UUID } from "mongodb";

const HOUR = 3_600_000;
/** The row of a subscriber of the demo who has not walked. */
const ROW = "7030";

/**
 * The clock goes on by so many hours, as that one session sees it: each of its times is put back. What the product does
 * about it is the same, and nobody else's session grows old.
 */
async function later(run, session, hours) {
  const client = await MongoClient.connect(run.kale.mongodb_uri);
  try {
    // Where the address names no database, it is this one.
    const sessions = client.db("kale").collection("sessions");
    const back = (field) => ({ $dateSubtract: { startDate: field, unit: "hour", amount: hours } });
    const id = new UUID(uuidOf(session));
    const done = await sessions.updateOne({ _id: id }, [
      { $set: { started_at: back("$started_at"), last_seen_at: back("$last_seen_at") } },
    ]);
    assert.equal(done.modifiedCount, 1, session);
  } finally {
    await client.close();
  }
}

/** The UUID behind an id such as `ses_01h455…`: 26 letters of Crockford's base 32. */
function uuidOf(id) {
  const digits = "0123456789abcdefghjkmnpqrstvwxyz";
  const number = [...id.split("_")[1]].reduce((sum, letter) => sum * 32n + BigInt(digits.indexOf(letter)), 0n);
  return number.toString(16).padStart(32, "0");
}

export function comingBack(run) {
  describe("A subscriber who comes back", () => {
    const place = async () => {
      const wish = { customer: { external_id: ROW }, trigger: "cancel_intent", mode: "live" };
      return (await run.kale.api("POST", "/viewer/tokens", wish)).url;
    };
    const heading = (page) => page.getByRole("heading", { level: 1 }).innerText();
    const press = (page, action) => page.locator(`button[name=action][value=${action}]`).click();
    /** A device of their own each time: nothing is kept from one to the next. */
    const device = (name, scripts, work) => run.browser.on({ scripts }, `coming-back-${name}`, work);
    const walked = async () => {
      const { data } = await run.kale.api("GET", `/customers?q=${ROW}`);
      const customer = data.find((one) => one.external_id === ROW) ?? data[0];
      const sessions = await run.kale.api("GET", `/sessions?filter[customer]=${customer.id}`);
      return { customer, sessions: sessions.data };
    };
    /** The figures, once everything is counted. */
    const figures = async () => {
      for (let tries = 0; tries < 600; tries += 1) {
        const { pending, rebuilding } = await run.kale.api("GET", "/analytics/counting");
        if (!pending && !rebuilding) return (await run.kale.api("GET", "/analytics/overview")).total;
        await new Promise((done) => setTimeout(done, 100));
      }
      throw new Error("the sessions stay uncounted");
    };
    let before, first;

    it("goes on at the same card after 20 hours, on another device and with a new token", async () => {
      before = await figures();
      await device("first", true, async (page) => {
        await page.goto(await place());
        await page.getByLabel("Pay nothing for a while").check();
        await press(page, "next");
        assert.equal(await heading(page), "Take a break");
      });
      first = (await walked()).sessions[0];
      await later(run, first.id, 20);
      await device("second", false, async (page) => {
        await page.goto(await place());
        assert.equal(await heading(page), "Take a break");
        await press(page, "back");
        assert.ok(await page.getByLabel("Pay nothing for a while").isChecked(), "the answer is still there");
      });
      const { sessions } = await walked();
      assert.deepEqual(sessions.map((one) => one.id), [first.id]);
    });

    it("begins anew after more than a day, and leaves", async () => {
      await later(run, first.id, 25);
      await device("third", false, async (page) => {
        await page.goto(await place());
        assert.equal(await heading(page), "What would you like to do?");
        assert.equal(await page.locator("input:checked").count(), 0, "nothing is answered yet");
        await press(page, "cancel");
        await press(page, "cancel");
        assert.equal(await heading(page), "Your subscription is cancelled");
      });
    });

    it("stands in the sessions and in the figures", async () => {
      const { customer, sessions } = await walked();
      assert.equal(sessions.length, 2);
      const after = await figures();
      assert.equal(after.sessions, before.sessions + 2);
      assert.equal(after.outcomes.cancelled, before.outcomes.cancelled + 1);
      assert.equal(after.states.expired, before.states.expired + 1);
      await run.browser.on({ as: "owner" }, "coming-back-seen", async (page) => {
        await page.goto(`/sessions?customer=${customer.id}`);
        const rows = page.locator("#sessions .rows-list > li");
        assert.equal(await rows.count(), 2);
        assert.match(await rows.first().innerText(), /Cancelled/);
        assert.match(await rows.last().innerText(), /Expired/);
        await page.goto("/analytics");
        const { n, hits } = after.immediate_deflection;
        assert.match(await page.locator("#story").innerText(), new RegExp(`^${n} subscribers finished\\. ${hits} did`));
      });
    });
  });
}
