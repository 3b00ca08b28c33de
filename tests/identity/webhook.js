// Signs or checks a call with WorkOS's own library: `webhook.js sign <secret> <milliseconds>` and
// `webhook.js check <secret> <header>`, the body on the standard input.
import { text } from 'node:stream/consumers';
import { WorkOS } from '@workos-inc/node';

const [task, secret, value] = process.argv.slice(2);
const { webhooks } = new WorkOS('sk_test_default');
const body = await text(process.stdin);
if (task === 'sign') {
  const signature = await webhooks.computeSignature(Number(value), JSON.parse(body), secret);
  console.log(`t=${value}, v1=${signature}`);
} else {
  try {
    await webhooks.constructEvent({ payload: JSON.parse(body), sigHeader: value, secret });
    console.log('genuine');
  } catch (error) {
    console.log(`refused: ${error.message}`);
  }
}
