/**
 * Goal: what the README shows works. Method: every shell block is run as it stands in the root,
 * every JavaScript block as a module; `npm` commands are left to the continuous integration, which
 * runs exactly those.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(root, 'README.md'), 'utf8');
// Inside the root, so that packages resolve as they do for a reader; the folder is ignored by git.
const folder = mkdtempSync(join(root, 'out-readme-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const blocks = (language: string): string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, code]) => code!,
  );

function run(command: string, args: readonly string[], input = ''): string {
  const options = { cwd: root, input, encoding: 'utf8', timeout: 120_000 } as const;
  const { status, stdout, stderr } = spawnSync(command, args, options);
  assert.equal(status, 0, `exit code ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

/**
 * What `npx` does for a command that is installed, without the second that it takes to find out.
 * The last block is left to npx itself.
 */
const shortcut = join(folder, 'bin');
mkdirSync(shortcut);
const script = `#!/bin/sh\nname=$1\nshift\nexec "${join(root, 'node_modules/.bin')}/$name" "$@"\n`;
writeFileSync(join(shortcut, 'npx'), script, { mode: 0o755 });

blocks('sh').forEach((code, at, all) => {
  test(`README shell block ${at + 1} runs`, () => {
    const path = at === all.length - 1 ? '' : `PATH="${shortcut}:$PATH"\n`;
    run('bash', ['-euo', 'pipefail', '-c', path + code.replaceAll('out/', `${folder}/`)]);
  });
});

blocks('js').forEach((code, at) => {
  test(`README JavaScript block ${at + 1} runs`, () => {
    assert.notEqual(run(process.execPath, ['--input-type=module', '-'], code), '');
  });
});

test('the README has both kinds of examples', () => {
  assert.ok(blocks('sh').length >= 2 && blocks('js').length >= 1);
});
