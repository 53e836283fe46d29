// Joins the compiled command and what it uses into a few files: a command that is started often
// spends more time finding its four hundred modules than running them. Part of `npm run build`.
import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { root } from './ensure-ready.mjs';

const outdir = 'apps/cli/dist/command';

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['apps/cli/dist/main.js'],
  outdir,
  bundle: true,
  // Each subcommand stays a file of its own, loaded when it is called.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // It finds its binary beside its own files.
  external: ['libsql'],
  // CommonJS packages ask for Node's modules by `require`, which a module does not have.
  banner: {
    js: [
      "import { createRequire } from 'node:module';",
      'const require = createRequire(import.meta.url);',
    ].join('\n'),
  },
  metafile: true,
  logLevel: 'warning',
});

// Parts are named by their content: those of earlier builds go, those that did not change stay.
const written = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const file of readdirSync(join(root, outdir))) {
  if (!written.has(file)) rmSync(join(root, outdir, file), { force: true });
}
