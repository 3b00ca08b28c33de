// The watchers themselves: each is shown something bad and has to see it. A check that can't fail checks nothing.
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { violations } from "../lib/axe.js";
import { NARROW } from "../lib/browser.js";
import { overflow } from "../lib/layout.js";
import { Watch } from "../lib/watch.js";

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'";
const page = (body) => `<!doctype html><html lang="en"><head><title>Planted</title></head><body><main><h1>Planted</h1>${body}</main></body></html>`;

export function controls(run) {
  /** Waits until all of these were seen, or long enough for any machine. */
  async function see(tab, watch, signs) {
    const missing = () => signs.some((sign) => !watch.seen.some((line) => line.startsWith(sign)));
    for (let tries = 0; tries < 300 && missing(); tries += 1) await tab.waitForTimeout(100);
  }

  /** Shows a planted page under an address of the server and gives what the watchers saw; waits for the sign of it. */
  async function shown(body, { status = 200, look = async () => {}, sign } = {}) {
    const { context, page: tab, watch } = await run.browser.open({ size: NARROW });
    await tab.route("**/planted", (route) =>
      route.fulfill({ status, contentType: "text/html", headers: { "content-security-policy": POLICY }, body: page(body) }),
    );
    await tab.route("**/planted.js", (route) => route.fulfill({ contentType: "text/javascript", body: 'throw new Error("planted")' }));
    await tab.goto("/planted");
    await look(tab);
    if (sign) await see(tab, watch, [sign]);
    else await tab.waitForTimeout(100);
    const { seen } = watch;
    await context.close();
    return { seen, assertQuiet: () => watch.assertQuiet() };
  }

  describe("The watchers", () => {
    it("of a single page see the same as those of a profile", async () => {
      const context = await run.browser.chromium.newContext({ baseURL: run.kale.url });
      const tab = await context.newPage();
      const watch = await Watch.over(tab);
      const body = '<script>1</script><script src="/planted.js"></script>';
      await tab.route("**/planted", (route) =>
        route.fulfill({ contentType: "text/html", headers: { "content-security-policy": POLICY }, body: page(body) }),
      );
      await tab.route("**/planted.js", (route) => route.fulfill({ status: 500, contentType: "text/javascript", body: 'throw new Error("planted")' }));
      await tab.goto("/planted");
      await tab.evaluate(() => setTimeout(() => { throw new Error("planted later"); }));
      const signs = ["CSP: script-src", "exception: Error: planted later", "answer: 500", "console: "];
      await see(tab, watch, signs);
      await context.close();
      for (const sign of signs) {
        assert.ok(watch.seen.some((line) => line.startsWith(sign)), `${sign} in ${watch.seen.join("\n")}`);
      }
    });

    it("are quiet on a page that is in order", async () => {
      const { seen } = await shown("<p>Fine</p>");
      assert.deepEqual(seen, []);
    });

    it("see a script in the page that the policy refuses", async () => {
      const { seen, assertQuiet } = await shown("<script>document.title = 'ran'</script>", { sign: "CSP: script-src" });
      assert.ok(seen.some((line) => line.startsWith("CSP: script-src")), seen.join("\n"));
      assert.throws(assertQuiet, /the browser complained/);
    });

    it("see something that is loaded from elsewhere", async () => {
      const { seen } = await shown('<img src="https://elsewhere.example/pixel.png" alt="">', { sign: "CSP: img-src" });
      assert.ok(seen.some((line) => line.startsWith("CSP: img-src")), seen.join("\n"));
    });

    it("see an exception and an error in the console", async () => {
      const thrown = await shown('<script src="/planted.js"></script>', { sign: "exception: Error: planted" });
      assert.ok(thrown.seen.some((line) => line.startsWith("exception: Error: planted")), thrown.seen.join("\n"));
      const said = await shown("<p>Fine</p>", { sign: "console: planted", look: (tab) => tab.evaluate(() => console.error("planted")) });
      assert.ok(said.seen.some((line) => line.startsWith("console: planted")), said.seen.join("\n"));
    });

    it("see an answer that says the server broke", async () => {
      const { seen } = await shown("<p>Broken</p>", { status: 500, sign: "answer: 500" });
      assert.ok(seen.some((line) => line.startsWith("answer: 500")), seen.join("\n"));
    });

    it("see what can't be read, and what has no name", async () => {
      let found = [];
      const look = async (tab) => {
        await tab.evaluate(() => (document.querySelector("p").style.color = "#bbb"));
        found = await violations(tab);
      };
      await shown("<p>Hard to read</p><input><button></button>", { look });
      const rules = found.map((line) => line.split(" ")[0]).sort();
      assert.deepEqual(rules, ["button-name", "color-contrast", "label", "target-size"]);
    });

    it("see a page that is wider than a phone", async () => {
      let wide = "";
      const look = async (tab) => {
        await tab.evaluate(() => (document.querySelector("p").style.width = "900px"));
        wide = await overflow(tab);
      };
      await shown("<p>Wide</p>", { look });
      assert.match(wide, /P/i);
    });
  });
}
