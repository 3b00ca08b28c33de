// Everything, on one server and one browser. `KALE_SUITES=pages,keyboard npm test` runs a part.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Browser } from "./lib/browser.js";
import { start } from "./lib/kale.js";
import { builder } from "./suites/builder.js";
import { comingBack } from "./suites/coming_back.js";
import { controls } from "./suites/controls.js";
import { flow } from "./suites/flow.js";
import { journey } from "./suites/journey.js";
import { keyboard } from "./suites/keyboard.js";
import { pages } from "./suites/pages.js";
import { roles } from "./suites/roles.js";
import { weight } from "./suites/weight.js";
import { withoutScripts } from "./suites/without_scripts.js";
import { workos } from "./suites/workos.js";

/** In this order: the first ones need the demo as it was made, and put back what they change. */
const SUITES = { controls, journey, keyboard, withoutScripts, builder, roles, weight, flow, comingBack, pages, workos };

/** What every suite gets. It is filled before the first test. */
const run = { kale: undefined, browser: undefined };

describe("The dashboard in a browser", () => {
  before(async () => {
    run.kale = await start();
    run.browser = await Browser.launch(run.kale);
    const { sign_in: links } = run.kale;
    await run.browser.signIn("owner", links.retention_admin);
    await run.browser.signIn("expert", links.retention_expert);
    await run.browser.signIn("admin", links.kale_admin);
    await run.browser.signIn("newcomer", await run.kale.newCompany("Northwind", "northwind", "robin@northwind.example"));
  });

  after(async () => {
    await run.browser?.close();
    const code = await run.kale?.stop();
    assert.equal(code, 0, "the demo ends in order");
  });

  const wanted = process.env.KALE_SUITES?.split(",") ?? Object.keys(SUITES);
  for (const name of wanted) SUITES[name](run);

  it("leaves a log without errors", () => {
    const errors = run.kale.log.split("\n").filter((line) => / ERROR /.test(line));
    assert.deepEqual(errors, []);
  });
});
