// What a page costs on the wire.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";

const SCRIPTS = 60_000;
const STYLES = 15_000;
const HTML = 200_000;
const PAGES = ["/", "/customers", "/sessions", "/personas", "/personas/new", "/data", "/jobs", "/audit", "/settings", "/settings/api-keys"];

export function weight(run) {
  describe("What a page costs", { concurrency: 2 }, () => {
    for (const address of PAGES) {
      it(`${address} stays within its budget`, () =>
        run.browser.on({ as: "owner" }, `weight-${address}`, async (page) => {
          const sums = { script: 0, stylesheet: 0, document: 0 };
          const read = [];
          page.on("response", (answer) => {
            const kind = answer.request().resourceType();
            if (kind in sums) read.push(answer.body().then((body) => (sums[kind] += kind === "document" ? body.length : gzipSync(body, { level: 6 }).length)));
          });
          await page.goto(address, { waitUntil: "networkidle" });
          await Promise.all(read);
          assert.ok(sums.script > 0 && sums.stylesheet > 0, "something was measured");
          assert.ok(sums.script <= SCRIPTS, `${sums.script} bytes of scripts, gzipped`);
          assert.ok(sums.stylesheet <= STYLES, `${sums.stylesheet} bytes of styles, gzipped`);
          assert.ok(sums.document <= HTML, `${sums.document} bytes of HTML`);
        }));
    }
  });
}
