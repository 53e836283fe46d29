// Makes a fresh clone ready to run: installs the locked dependencies and compiles, both only when
// they are due. It imports nothing but Node, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds the root package.json. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'out', 'coverage']);

const modifiedMs = (path) => (existsSync(path) ? statSync(path).mtimeMs : null);

function whyInstallIsDue() {
  const installed = modifiedMs(join(root, 'node_modules', '.package-lock.json'));
  if (installed === null) return 'node_modules is missing';
  const locked = modifiedMs(join(root, 'package-lock.json'));
  return locked !== null && installed < locked
    ? 'package-lock.json is newer than node_modules'
    : '';
}

function runOrExit(command, args, failure) {
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell });
  if (status === 0) return;
  process.stderr.write(`${failure}${error ? `: ${error.message}` : ''}\n`);
  process.exit(status ?? 1);
}

/** Runs `npm ci` when node_modules is missing or older than the lock file. */
export function ensureInstalled() {
  const reason = whyInstallIsDue();
  if (reason === '') return;
  process.stdout.write(`Installing dependencies with \`npm ci\`: ${reason}.\n`);
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('.js')) runOrExit(process.execPath, [npm, 'ci'], '`npm ci` failed');
  else runOrExit('npm', ['ci'], '`npm ci` failed');
}

/** What `npm run build` does, without npm's own start. */
export function ensureBuilt() {
  const failure = 'The build failed; nothing was run.';
  runOrExit(process.execPath, [toolPath('typescript/bin/tsc'), '-b'], failure);
  runOrExit(process.execPath, ['scripts/bundle.mjs'], failure);
}

export function ensureReady() {
  ensureInstalled();
  ensureBuilt();
}

/** Absolute path of a file inside node_modules. */
export function toolPath(path) {
  return join(root, 'node_modules', ...path.split('/'));
}

/** Runs node with inherited stdio from the repository root and forwards its exit code or signal. */
export function runNode(args) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  // The terminal sends Ctrl-C to the whole group: wait for the child to finish its own way.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code ?? 1;
    else process.exitCode = signal === 'SIGINT' ? 130 : 143;
  });
}

/** Files under the given folders whose name ends with the suffix; sorted, with forward slashes. */
export function filesUnder(folders, suffix) {
  const found = [];
  const visit = (folder) => {
    if (!existsSync(join(root, folder))) return;
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) visit(path);
      else if (entry.isFile() && entry.name.endsWith(suffix)) found.push(path);
    }
  };
  for (const folder of folders) visit(folder);
  return found.sort();
}
