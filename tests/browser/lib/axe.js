// WCAG 2.2 AA, as far as a program can tell.
import axe from "axe-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** The violations of the page as it stands, one line each. */
export async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const found = await page.evaluate(
    (values) => window.axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] }),
    TAGS,
  );
  return found.violations.map((one) => {
    const nodes = one.nodes.map((node) => `${node.target.join(" ")}: ${node.failureSummary.split("\n").slice(1).join("; ").trim()}`);
    return `${one.id} (${one.help})\n    ${nodes.slice(0, 5).join("\n    ")}${nodes.length > 5 ? `\n    and ${nodes.length - 5} more` : ""}`;
  });
}

/** Fails if there are any. */
export async function assertAccessible(page, where) {
  const found = await violations(page);
  if (found.length > 0) throw new Error(`${found.length} rules broken on ${where}:\n  ${found.join("\n  ")}`);
}
