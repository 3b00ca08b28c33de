// What `npx workos emulate` runs, without the tool around it, which looks for updates and for a keyring. It ends with
// whoever started it: when its input ends.
import { createEmulator } from './node_modules/workos/dist/emulate/index.js';

const emulator = await createEmulator({ port: Number(process.argv[2] ?? 0) });
console.log(JSON.stringify({ url: emulator.url, apiKey: emulator.apiKey }));
process.stdin.on('end', () => process.exit(0)).resume();
