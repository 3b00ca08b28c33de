import { readFile } from "node:fs/promises";
import { start } from "./lib/kale.js";
import { Browser, WIDE, picture } from "./lib/browser.js";
import { violations } from "./lib/axe.js";
const k = await start();
const b = await Browser.launch(k);
const { page } = await b.open({ size: WIDE });
await page.goto("/docs");
await page.locator(".opblock-tag").first().waitFor();
await page.addStyleTag({ content: await readFile("../../crates/dashboard/assets/css/docs/swagger.css", "utf8") });
await page.evaluate(() => document.querySelector("#servers")?.setAttribute("aria-label", "Server"));
console.log(await violations(page));
for (const n of [7, 8, 9, 10]) { await page.locator(".opblock-tag").nth(n).click(); await page.waitForTimeout(500); }
console.log("OPEN", await violations(page));
for (const m of ["get", "post", "put", "patch", "delete"]) { const o = page.locator(`.opblock-${m} .opblock-summary-control`).first(); if (await o.count()) { await o.click(); await page.waitForTimeout(400);} }
console.log("OP", (await violations(page)).join("\n"));
await picture(page, "docs-open");
await b.close(); await k.stop();
