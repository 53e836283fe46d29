#!/usr/bin/env node
// The committed entry point of the command: everything else is compiled TypeScript in dist.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('plimsoll is not built: run `npm run build`\n');
  process.exitCode = 2;
}
