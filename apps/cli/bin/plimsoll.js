#!/usr/bin/env node
// The committed entry point of the command: everything else is compiled and bundled TypeScript.
import { existsSync } from 'node:fs';

const main = new URL('../dist/command/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('plimsoll is not built: run `npm run build`\n');
  process.exitCode = 2;
}
