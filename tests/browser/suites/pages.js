// Every page in both themes, wide and narrow: nothing inaccessible, nothing the browser complains about, nothing wider than a phone; and a
// picture of each to look at.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { assertLooks } from "../lib/appearance.js";
import { MAPPING, good, tenBroken, unclosed } from "../lib/files.js";
import { described, structs } from "../lib/contract.js";
import { ended } from "../lib/reading.js";

/** Pages: a name, who looks (nobody: a stranger), the address (or how to find it in `made`), and what is done there before it is looked at. */
const PAGES = [
  ["sign-in", null, "/sign-in?next=%2Fcustomers"],
  ["sign-in-mail", null, "/sign-in", askForLink],
  ["sign-in-link-button", null, "/sign-in", async (page, run) => {
    await askForLink(page);
    await page.goto(await run.kale.linkFor("ada.okafor@harbour.example"));
  }],
  ["sign-in-link-dead", null, "/sign-in/link/kale_lnk_nothing", null, 410],
  ["mailbox", null, "/dev/mail"],
  ["mail", null, (made) => made.mail],
  ["invitation-dead", null, "/sign-in/invitation/kale_inv_nothing", null, 410],
  ["set-up-dead", null, "/sign-in/set-up/kale_set_nothing", null, 410],
  ["companies", "admin", "/sign-in/companies"],
  ["installation", "admin", "/installation/companies", (page) => page.getByText("Suspend or delete").first().click()],
  ["team", "owner", "/settings/team", (page) => page.getByText("Change", { exact: true }).first().click()],
  ["today", "owner", "/"],
  ["today-empty", "newcomer", "/"],
  ["today-expert", "expert", "/"],
  ["today-acting", "admin", "/sign-in/companies", (page) => page.getByRole("button", { name: /Harbour Telecom/ }).click()],
  ["customers", "owner", "/customers"],
  ["customers-many-columns", "owner", "/customers?q=471&columns=persona,attributes.contract,attributes.tenure,attributes.monthly_charges,attributes.payment_method,attributes.internet_service,attributes.tech_support,created_at"],
  ["customers-filter", "owner", "/customers?q=471&filter%5Battributes.contract%5D=One%20year", (page) => page.getByRole("button", { name: "Filter", exact: true }).click()],
  ["customers-columns", "owner", "/customers?q=471", (page) => page.getByRole("button", { name: "Columns" }).click()],
  ["customers-selected", "owner", "/customers?q=471", (page) => page.getByLabel("Select all on this page").check()],
  ["customers-peek", "owner", "/customers?q=471", async (page) => {
    await page.locator("tbody a[data-peek]").first().click();
    await page.locator("#peek").getByRole("link", { name: "Open full page" }).waitFor();
  }],
  ["customers-nobody", "owner", "/customers?q=nobody-is-called-this"],
  ["customers-assign", "owner", "/customers", async (page) => {
    await page.locator("tbody input[name=id]").first().check();
    await page.getByRole("button", { name: "Assign", exact: true }).click();
    await page.getByRole("button", { name: "Assign the selection" }).waitFor();
  }],
  ["customers-empty", "newcomer", "/customers"],
  ["customers-expert", "expert", "/customers"],
  ["customer", "owner", (made) => `/customers/${made.customer}`],
  ["customer-experts", "owner", (made) => `/customers/${made.customer}`, async (page) => {
    await page.getByText("Change", { exact: true }).click();
    await page.getByRole("group", { name: "Who looks after this customer" }).waitFor();
  }],
  ["personas", "owner", "/personas"],
  ["personas-empty", "newcomer", "/personas"],
  ["personas-expert", "expert", "/personas"],
  ["persona", "owner", (made) => `/personas/${made.persona}`],
  ["persona-changed", "owner", (made) => `/personas/${made.persona}`, async (page) => {
    await page.locator("[data-root] [data-condition] [data-value] input").last().fill("12");
    await page.locator("#preview table.heat").waitFor();
  }],
  ["persona-wrong", "owner", (made) => `/personas/${made.persona}`, async (page) => {
    await page.locator("[data-root] [data-add=condition]").last().click();
    await page.locator("#preview [role=alert]").waitFor();
  }],
  ["persona-new", "owner", "/personas/new"],
  ["persona-table", "owner", "/personas/table?by=contract"],
  ["persona-versions", "owner", "/personas/versions"],
  ["sessions", "owner", "/sessions"],
  ["sessions-narrowed", "owner", "/sessions?state=completed&mode=test"],
  ["sessions-empty", "newcomer", "/sessions"],
  ["sessions-expert", "expert", "/sessions"],
  ["session-saved", "owner", (made) => `/sessions/${made.saved}`],
  ["session-cancelled", "owner", (made) => `/sessions/${made.left}`],
  ["session-abandoned", "owner", (made) => `/sessions/${made.away}`],
  ["customer-walked", "owner", (made) => `/customers/${made.walker}`],
  ["reasons", "owner", "/reasons"],
  ["reasons-expert", "expert", "/reasons"],
  ["reason", "owner", "/reasons/price_too_high"],
  ["reason-wrong", "owner", "/reasons/new-reason", async (page, _, watch) => {
    watch.expect(/status of 422/);
    await page.getByLabel("Key", { exact: true }).fill("Not a key");
    await page.getByLabel("Title").fill("Another");
    await page.getByRole("button", { name: "Add reason" }).click();
    await page.getByRole("alert").waitFor();
  }],
  ["offers", "owner", "/offers"],
  ["offers-empty", "newcomer", "/offers"],
  ["offers-expert", "expert", "/offers"],
  ["offer-kinds", "owner", "/offers/new"],
  ["offer-new", "owner", "/offers/new?kind=change_plan"],
  ["offer", "owner", (made) => `/offers/${made.offer}`],
  ["workflows-empty", "newcomer", "/workflows"],
  ["workflows", "owner", "/workflows"],
  ["workflows-expert", "expert", "/workflows"],
  ["workflow", "owner", (made) => `/workflows/${made.workflow}`],
  ["workflow-expert", "expert", (made) => `/workflows/${made.workflow}`],
  ["workflow-tree", "owner", (made) => `/workflows/${made.workflow}?look=tree`],
  ["workflow-card", "owner", (made) => `/workflows/${made.workflow}?card=${made.question.id}&element=${made.question.elements.at(-1).id}`],
  ["workflow-lane", "owner", (made) => `/workflows/${made.workflow}?card=${made.question.id}&lane=${made.question.branches[0].id}`],
  ["workflow-add", "owner", (made) => `/workflows/${made.workflow}?add=root%200`],
  ["workflow-menu", "owner", (made) => `/workflows/${made.live}`, (page) => page.getByRole("button", { name: /^Actions for/ }).first().click()],
  ["workflow-refused", "owner", (made) => `/workflows/${made.workflow}`, async (page, run, watch) => {
    watch.expect(/status of 422/);
    await page.locator("#publish-now").click();
    await page.waitForFunction(() => document.activeElement?.matches(".findings"));
  }],
  ["workflow-live", "owner", (made) => `/workflows/${made.live}`],
  ["workflow-archived", "owner", (made) => `/workflows/${made.archived}`],
  ["workflow-settings", "owner", (made) => `/workflows/${made.live}/settings`],
  ["workflow-versions", "owner", (made) => `/workflows/${made.live}/versions`],
  ["workflow-versions-none", "owner", (made) => `/workflows/${made.workflow}/versions`],
  ["analytics", "owner", "/analytics?days=90", (page) => page.locator(".as-table summary").first().click()],
  ["analytics-too-few", "owner", "/analytics?days=7"],
  ["analytics-empty", "newcomer", "/analytics"],
  ["analytics-definitions", "owner", "/analytics/definitions"],
  ["analytics-workflow", "owner", (made) => `/analytics/workflows/${made.walked}?days=365`],
  ["gallery", "owner", "/gallery"],
  ["gallery-expert", "expert", "/gallery"],
  ["template", "owner", "/gallery/cancel_saas"],
  ["data", "owner", "/data"],
  ["data-empty", "newcomer", "/data"],
  ["upload-map", "owner", (made) => `/data/uploads/${made.map}`],
  ["upload-map-again", "owner", (made) => `/data/uploads/${made.checked}?step=map`],
  ["upload-checked", "owner", (made) => `/data/uploads/${made.checked}`, (page) => page.locator("section[aria-labelledby=wrong] summary").first().click()],
  ["upload-imported", "owner", (made) => `/data/uploads/${made.imported}`],
  ["upload-undo-asks", "owner", (made) => `/data/uploads/${made.imported}`, (page) => page.getByRole("button", { name: "Undo" }).click()],
  ["upload-undone", "owner", (made) => `/data/uploads/${made.undone}`],
  ["upload-failed", "owner", (made) => `/data/uploads/${made.failed}`],
  ["upload-cancelled", "owner", (made) => `/data/uploads/${made.cancelled}`],
  ["jobs", "owner", "/jobs"],
  ["jobs-empty", "newcomer", "/jobs"],
  ["job", "owner", (made) => `/jobs/${made.job}`],
  ["job-failed", "owner", (made) => `/jobs/${made.failedJob}`],
  ["audit", "owner", "/audit"],
  ["audit-empty", "newcomer", "/audit"],
  ["settings", "owner", "/settings"],
  ["api-keys", "owner", "/settings/api-keys"],
  ["api-key-made", "newcomer", "/settings/api-keys", async (page) => {
    await page.getByLabel("What it is for").fill("Nightly sync");
    await page.locator("input[name=permission]").first().check();
    await page.getByRole("button", { name: "Make key" }).click();
    await page.getByText("It is not shown again").waitFor();
  }],
  ["api-key-replaced", "newcomer", "/settings/api-keys", async (page) => {
    await page.getByLabel("What it is for").fill("Warehouse");
    await page.locator("input[name=permission]").first().check();
    await page.getByRole("button", { name: "Make key" }).click();
    await page.getByRole("button", { name: "Replace", exact: true }).first().click();
    await page.getByRole("button", { name: "Replace key" }).click();
    await page.getByText("Replaced").waitFor();
  }],
  ["viewer-settings", "owner", "/settings/viewer"],
  ["viewer-settings-wrong", "owner", "/settings/viewer", async (page, _, watch) => {
    watch.expect(/status of 422/);
    await page.getByLabel("Colour of buttons").fill("#ffcc00");
    await page.getByRole("button", { name: "Save settings" }).click();
    await page.getByRole("alert").waitFor();
  }],
  ["viewer-secret-made", "newcomer", "/settings/viewer", async (page) => {
    await page.getByLabel("What it is for").fill("Account server");
    await page.getByRole("button", { name: "Make secret" }).click();
    await page.getByText("It is not shown again").waitFor();
  }],
  ["security", "owner", "/settings/security"],
  ["account", "owner", "/account"],
  ["account-expert", "expert", "/account"],
  ["account-menu", "owner", "/jobs", (page) => page.locator("button[popovertarget=account]:visible").first().click()],
  ["no-permission", "expert", "/audit", null, 403],
  ["not-found", "owner", "/nowhere", null, 404],
  ["customer-not-found", "owner", "/customers/cus_01h455vb4pex5vsknk084sn02q", null, 404],
  ["docs", null, "/docs", (page) => page.locator(".swagger-ui .opblock-tag").first().waitFor()],
  ["docs-errors", null, "/docs/errors"],
  ["licences", null, "/licences"],
];

/** An address without what differs from row to row. */
function shape(address) {
  const { pathname, searchParams } = new URL(address, "http://kale.example");
  return `${pathname.replaceAll(/[a-z]{3}_[0-9a-z]{26}|\/\d+/g, "…")}?${[...new Set(searchParams.keys())].sort().join("&")}`;
}

async function askForLink(page) {
  await page.getByLabel("E-mail").fill("ada.okafor@harbour.example");
  await page.getByRole("button", { name: "Send me a link" }).click();
  await page.getByRole("heading", { name: "Check your mail" }).waitFor();
}

/** A workflow that was published twice, with a change in between. */
async function twice(kale) {
  const { id } = await kale.api("POST", "/workflows", { template: "cancel_direct", name: "Twice" });
  await kale.api("POST", `/workflows/${id}/publish`, { revision: 0, note: "As it comes" });
  const { tree } = await kale.api("GET", `/workflows/${id}/tree`);
  const { id: card, elements, branches, ...face } = tree.cards[0];
  await kale.api("POST", `/workflows/${id}/ops`, { base: 0, op: { op: "update_card", card, face: { ...face, title: { en: "Leave us?" } } } });
  await kale.api("POST", `/workflows/${id}/publish`, { revision: 1, note: "In other words" });
  await kale.api("POST", `/workflows/${id}/ops`, { base: 1, op: { op: "duplicate_card", card } });
  return id;
}

/** Something of every kind to look at. */
async function make({ kale }) {
  const [customers, personas, map, checked, undone, imported] = [
    await kale.api("GET", "/customers?limit=1&filter[persona]=new_monthly"),
    await kale.api("GET", "/personas"),
    await kale.upload("to-map.csv", good("map", 20)),
    await kale.upload("ten-broken.csv", tenBroken("checked")),
    await kale.upload("undone.csv", good("undone", 10)),
    await kale.upload("imported.csv", good("imported", 25)),
  ];
  for (const one of [checked, undone, imported]) {
    await kale.api("PUT", `/uploads/${one.id}/mapping`, MAPPING);
    await kale.api("POST", `/uploads/${one.id}/validate`, {});
    await kale.uploadIs(one.id, "validated");
  }
  for (const one of [undone, imported]) {
    await kale.api("POST", `/uploads/${one.id}/import`, { rejected: "stop" });
    await kale.uploadIs(one.id, "imported");
    if (one === undone) {
      await kale.api("POST", `/uploads/${one.id}/undo`, {});
      await kale.uploadIs(one.id, "undone");
    }
  }
  const failed = await kale.upload("never-closed.csv", unclosed(), "failed");
  const cancelled = await kale.upload("cancelled.csv", good("cancelled", 5));
  await kale.api("POST", `/uploads/${cancelled.id}/cancel`, {});
  const jobs = await kale.api("GET", "/jobs?limit=1&filter[state]=succeeded");
  const dead = await kale.api("GET", "/jobs?limit=1&filter[state]=dead");
  const workflow = await kale.api("POST", "/workflows", { template: "cancel_telecom" });
  const walked = await kale.api("GET", "/sessions?limit=200");
  const session = (is) => walked.data.find(is);
  const saved = session((one) => one.outcome === "saved");
  const offers = await kale.api("GET", "/offers");
  const { tree } = await kale.api("GET", `/workflows/${workflow.id}/tree`);
  const archived = await kale.api("POST", "/workflows", { template: "cancel_direct", name: "Over" });
  await kale.api("POST", `/workflows/${archived.id}/archive`, {});
  await kale.api("POST", "/auth/local/link", { email: "ada.okafor@harbour.example" });
  return {
    mail: new URL(await kale.mailTo("ada.okafor@harbour.example")).pathname,
    saved: saved.id,
    walked: saved.workflow,
    walker: saved.customer,
    left: session((one) => one.outcome === "cancelled").id,
    away: session((one) => one.state === "abandoned" || one.state === "expired").id,
    offer: offers.data[0].id,
    workflow: workflow.id,
    question: tree.cards.find((card) => card.branches.length > 0 && card.elements.length > 0),
    live: await twice(kale),
    archived: archived.id,
    customer: customers.data[0].id,
    persona: personas.personas[0].id,
    map: map.id,
    checked: checked.id,
    undone: undone.id,
    imported: imported.id,
    failed: failed.id,
    cancelled: cancelled.id,
    job: jobs.data[0].id,
    failedJob: dead.data[0].id,
  };
}

export function pages(run) {
  describe("Every page", { concurrency: 4 }, () => {
    let made;
    /** Where pages lead: for each kind of person, one address of every shape. */
    const links = new Map();
    /** The addresses that were looked at. */
    const seen = new Set();
    before(async () => {
      made = await make(run);
    });

    for (const [name, as, where, act, status = 200] of PAGES) {
      const looked = (work) => (as ? run.browser.look(as, name, work) : run.browser.on({}, name, work));
      it(name, () =>
        looked(async (page, watch) => {
          if (status >= 400) watch.expect(new RegExp(`status of ${status}`));
          const answer = await page.goto(typeof where === "function" ? where(made) : where);
          assert.equal(answer.status(), status);
          await act?.(page, run, watch);
          await page.waitForLoadState();
          await ended(page);
          for (const address of [answer.url(), page.url()]) seen.add(new URL(address).pathname);
          for (const address of await page.locator("a[href^='/']").evaluateAll((all) => all.map((a) => a.getAttribute("href")))) {
            links.set(`${as} ${shape(address)}`, [as, address]);
          }
          await assertLooks(page, name);
        }));
    }
    Object.assign(run, { links, seen });
  });

  it("No page was left out", async () => {
    const pages = await described();
    assert.ok(pages.length > 20, `${pages.length} pages are described`);
    const missed = pages.filter((one) => ![...run.seen].some((address) => one.pattern.test(address)));
    assert.deepEqual(missed.map((one) => one.address), [], "each page of PAGES.md has a line in this suite");
    const { undescribed } = await structs();
    assert.deepEqual(undescribed, [], "each page of the templates stands in PAGES.md");
  });

  it("Every link of those pages leads somewhere", async () => {
    assert.ok(run.links.size > 40, `${run.links.size} links were found`);
    const broken = [];
    for (const as of new Set([...run.links.values()].map(([who]) => who))) {
      const { context } = await run.browser.open({ as });
      for (const [who, address] of run.links.values()) {
        if (who !== as) continue;
        const answer = await context.request.get(address, { headers: { accept: "text/html,*/*" } });
        if (answer.status() >= 400) broken.push(`${answer.status()} ${address}, seen by ${as ?? "a stranger"}`);
      }
      await context.close();
    }
    assert.deepEqual(broken, []);
  });
}
