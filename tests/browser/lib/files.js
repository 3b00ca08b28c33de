// Files to upload. Everybody in them is invented.

const HEAD = "customer_id,name,email,mrr,contract,tenure,monthly_charges";

/** What the columns mean, as the API takes it. */
export const MAPPING = {
  mode: "upsert",
  columns: {
    customer_id: { to: "external_id" },
    name: { to: "name" },
    email: { to: "email" },
    mrr: { to: "amount", type: "money", currency: "USD" },
    contract: { to: "attributes.contract", type: "text" },
    tenure: { to: "attributes.tenure", type: "integer" },
    monthly_charges: { to: "attributes.monthly_charges", type: "number" },
  },
};

function row(prefix, nth) {
  const contract = ["Month-to-month", "One year", "Two year"][nth % 3];
  return [`${prefix}-${nth}`, `Invented ${prefix} ${nth}`, `person${nth}@${prefix}.example`, "49.90", contract, 3 + (nth % 40), "49.90"];
}

/** A file with that many good rows. */
export function good(prefix, rows) {
  const lines = Array.from({ length: rows }, (_, nth) => row(prefix, nth + 1).join(","));
  return [HEAD, ...lines, ""].join("\n");
}

/** Thirty good rows and ten that can't be imported: four for their tenure, three for their amount, two without a key, and
 * one whose key was there before. */
export function tenBroken(prefix) {
  const rows = Array.from({ length: 40 }, (_, nth) => row(prefix, nth + 1));
  for (const nth of [3, 9, 17, 28]) rows[nth][5] = "n/a";
  for (const nth of [5, 12, 31]) rows[nth][3] = "free";
  for (const nth of [7, 22]) rows[nth][0] = "";
  rows[38][0] = rows[0][0];
  return [HEAD, ...rows.map((cells) => cells.join(",")), ""].join("\n");
}

/** A file whose fault only shows while it is read: a quote far down that is never closed. */
export function unclosed() {
  return `${good("unclosed", 3000)}unclosed-last,"Never closed,a@unclosed.example,1,One year,1,1\n`;
}
