// The persona assignment as a good Node team would write it: read each customer, judge it, update each that moved.
// BEFORE and AFTER are the seats from which on the first persona takes a customer; the state of BEFORE is made first,
// outside the time. Prints one line of JSON.
import mongoose from 'mongoose';
import { config } from './src/config.js';
import { Customer } from './src/models.js';

const states = ['active', 'trialing', 'past_due', 'canceled'];
const countries = ['US', 'DE', 'GB', 'FR', 'NL'];

const personas = (seats) => [
  { key: 'group_0', rule: (c) => c.seats >= seats },
  ...Array.from({ length: 19 }, (_, i) => {
    const low = Math.floor(i / 4) * 100;
    const status = states[i % 4];
    return {
      key: `group_${i + 1}`,
      rule: (c) => c.status === status && c.seats >= low && c.seats < low + 100 && countries.includes(c.country),
    };
  }),
];
const judge = (all, customer) => all.find((p) => p.rule(customer))?.key ?? null;

await mongoose.connect(config.mongoUri, { autoIndex: false });
const filter = { accountId: new mongoose.Types.ObjectId(process.env.ACCOUNT) };
const [before, after] = [personas(Number(process.env.BEFORE)), personas(Number(process.env.AFTER))];

let ops = [];
const flush = async () => {
  if (ops.length) await Customer.collection.bulkWrite(ops, { ordered: false });
  ops = [];
};
for await (const c of Customer.find(filter).lean().cursor({ batchSize: 1000 })) {
  const persona = judge(before, c);
  if (c.persona !== persona) ops.push({ updateOne: { filter: { _id: c._id }, update: { $set: { persona } } } });
  if (ops.length >= 1000) await flush();
}
await flush();

const cpu = process.cpuUsage();
const begun = process.hrtime.bigint();
let customers = 0;
let moved = 0;
for await (const c of Customer.find(filter).lean().cursor({ batchSize: 1000 })) {
  customers += 1;
  const persona = judge(after, c);
  if (c.persona !== persona) {
    moved += 1;
    await Customer.collection.updateOne({ _id: c._id, ...filter }, { $set: { persona, personaAt: new Date() } });
  }
}
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ customers, moved, seconds, cpu: (user + system) / 1e6 }));
await mongoose.disconnect();
