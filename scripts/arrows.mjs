// Checks that imports follow the arrows of .dependency-cruiser.cjs, and that the check itself sees
// the tree: a cruise over nothing finds nothing.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import { filesUnder, root } from './ensure-ready.mjs';

const { rooms, forbidden, options } = createRequire(import.meta.url)('../.dependency-cruiser.cjs');

/** One line for each import that breaks a rule, in the tree at `baseDir`. */
export async function findBrokenArrows(baseDir, folders) {
  const { output } = await cruise(folders, {
    ...options,
    baseDir,
    ruleSet: { forbidden },
    validate: true,
  });
  const broken = output.summary.violations.map(
    ({ rule, from, to }) => `${rule.name}: ${from} → ${to}`,
  );
  return { broken, modules: output.modules.map((module) => module.source) };
}

/** What the cruise ought to have seen and did not. */
function findBlindSpots(modules) {
  const spots = [];
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['dist', 'node_modules'].includes(entry.name))
    .map((entry) => entry.name);
  for (const folder of folders) {
    if (!rooms.includes(folder))
      spots.push(`src/${folder} is not a room of .dependency-cruiser.cjs`);
  }
  const seen = new Set(modules);
  for (const file of filesUnder(['src', 'adapters', 'apps'], '.ts')) {
    if (!seen.has(file)) spots.push(`${file} was not cruised`);
  }
  return spots;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folders = [...new Set(filesUnder(['src', 'adapters', 'apps', 'test'], '.ts'))];
  const { broken, modules } = await findBrokenArrows(root, folders);
  const findings = [...broken, ...findBlindSpots(modules)];
  process.stdout.write(findings.map((finding) => `${finding}\n`).join(''));
  process.stdout.write(`${modules.length} modules cruised\n`);
  process.exitCode = findings.length === 0 && modules.length > 0 ? 0 : 1;
}
