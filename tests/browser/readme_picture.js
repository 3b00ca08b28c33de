// Takes the picture of the README anew: `npm run picture`.
import path from "node:path";

import { Browser, WIDE } from "./lib/browser.js";
import { ROOT, start } from "./lib/kale.js";

const COLUMNS = ["persona", "attributes.contract", "attributes.tenure", "attributes.internet_service", "attributes.monthly_charges"];

const kale = await start();
const browser = await Browser.launch(kale);
try {
  await browser.signIn("owner", kale.sign_in.retention_admin);
  const { page } = await browser.open({ as: "owner", size: WIDE });
  await page.goto(`/customers?columns=${COLUMNS.join(",")}`);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: path.join(ROOT, "docs/images/customers.png") });
} finally {
  await browser.close();
  await kale.stop();
}
