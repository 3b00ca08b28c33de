// Everything, on one server and one browser. `node --test --test-name-pattern "…" all.test.js` runs a part.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Browser } from "./lib/browser.js";
import { start } from "./lib/kale.js";
import { controls } from "./suites/controls.js";
import { journey } from "./suites/journey.js";
import { keyboard } from "./suites/keyboard.js";
import { pages } from "./suites/pages.js";
import { roles } from "./suites/roles.js";
import { weight } from "./suites/weight.js";
import { withoutScripts } from "./suites/without_scripts.js";

/** What every suite gets: the server, the browser, and what the server has. */
const run = {};

describe("The dashboard in a browser", () => {
  before(async () => {
    run.kale = await start();
    run.browser = await Browser.launch(run.kale);
    const { sign_in: links, company } = run.kale;
    await run.browser.signIn("owner", links.retention_admin);
    await run.browser.signIn("expert", links.retention_expert);
    await run.browser.signIn("admin", links.kale_admin);
    await run.browser.signIn("newcomer", await run.kale.company("Northwind", "northwind", "robin@northwind.example"));
    run.company = company;
  });

  after(async () => {
    await run.browser?.close();
    await run.kale?.stop();
  });

  controls(run);
  journey(run);
  keyboard(run);
  withoutScripts(run);
  roles(run);
  pages(run);
  weight(run);

  it("leaves a log without errors", () => {
    const errors = run.kale.log.split("\n").filter((line) => / ERROR /.test(line));
    assert.deepEqual(errors, []);
  });
});
