// One arrow direction. Each room lists the rooms it may import; anything else is an error.
const mayImport = {
  units: [],
  risk: ['units'],
  engine: ['units', 'risk'],
  ports: ['units', 'engine'],
  runtime: ['units', 'engine', 'ports'],
  receipts: ['units', 'risk', 'engine', 'ports', 'runtime'],
  advisors: ['units', 'risk', 'engine', 'ports'],
  lab: ['units', 'risk', 'engine', 'ports', 'runtime', 'receipts', 'advisors', 'sdk'],
  sdk: ['units', 'engine'],
  // Measures the others, furniture included; nobody imports it and it does not ship.
  bench: ['units', 'risk', 'engine', 'ports', 'runtime'],
};

// Code that never ships: tests, benches, and the contract suites that adapters' tests run.
const notShipped = '(^test/|^src/bench/|\\.(test|fuzz|bench|contract)\\.ts$|/contracts\\.ts$)';
const packages = ['npm', 'npm-dev', 'npm-peer', 'npm-optional', 'npm-no-pkg', 'npm-unknown'];

const roomRules = Object.entries(mayImport).map(([room, allowed]) => ({
  name: `${room}-imports-only-${allowed.join('+') || 'nothing'}`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: {
    path: '^(src|apps|adapters)/',
    pathNot: `^src/(${[room, ...allowed].join('|')})/`,
  },
}));

module.exports = {
  rooms: Object.keys(mayImport),
  forbidden: [
    ...roomRules,
    {
      name: 'rooms-are-listed',
      comment: 'a new room says in this file what it may import',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(mayImport).join('|')})/` },
      to: {},
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-has-no-packages',
      comment: 'units, risk and engine use the language and nothing else',
      severity: 'error',
      from: { path: '^src/(units|risk|engine)/', pathNot: notShipped },
      to: { dependencyTypes: [...packages, 'core', 'unknown'], pathNot: '^(src|adapters|apps)/' },
    },
    {
      name: 'library-has-no-packages',
      comment: 'the published library depends on nothing; vendors live in adapters and apps',
      severity: 'error',
      from: { path: '^src/', pathNot: notShipped },
      to: { dependencyTypes: packages, pathNot: '^(src|adapters|apps)/' },
    },
    {
      name: 'adapters-are-strangers',
      severity: 'error',
      from: { path: '^adapters/([^/]+)/' },
      to: { path: '^(adapters|apps)/', pathNot: '^adapters/$1/' },
    },
    {
      name: 'adapters-see-ports-and-units',
      severity: 'error',
      from: { path: '^adapters/' },
      to: { path: '^src/', pathNot: '^src/(ports|units)/' },
    },
    {
      name: 'rooms-have-front-doors',
      comment: 'from outside a room import its index, not its furniture',
      severity: 'error',
      from: { path: '^(src|apps|adapters)/([^/]+)/', pathNot: '^src/bench/' },
      to: {
        path: '^src/[^/]+/.+',
        pathNot: [
          '^src/$2/',
          '^src/[^/]+/index\\.ts$',
          '^src/engine/schema/index\\.ts$',
          '^src/risk/adl\\.ts$',
          '^src/ports/contracts\\.ts$',
        ],
      },
    },
    {
      name: 'adapters-have-front-doors',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: '^adapters/', pathNot: '^adapters/[^/]+/index\\.ts$' },
    },
    {
      name: 'advisors-see-schema-only',
      severity: 'error',
      from: { path: '^src/advisors/' },
      to: { path: '^src/engine/', pathNot: '^src/engine/schema/' },
    },
    {
      name: 'sdk-sees-schema-only',
      severity: 'error',
      from: { path: '^src/sdk/' },
      to: { path: '^src/engine/', pathNot: '^src/engine/schema/' },
    },
    {
      name: 'schema-knows-no-rules',
      comment: 'shapes and codec; never decide or evolve',
      severity: 'error',
      from: { path: '^src/engine/schema/', pathNot: notShipped },
      to: { path: '^src/(engine|risk)/', pathNot: '^src/engine/schema/' },
    },
    {
      name: 'dashboard-speaks-only-sdk',
      severity: 'error',
      from: { path: '^apps/dashboard/' },
      to: { path: '^src/', pathNot: '^src/(sdk|units)/' },
    },
    {
      name: 'apps-are-leaves',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'not-to-test',
      severity: 'error',
      from: { pathNot: notShipped },
      to: { path: notShipped },
    },
    { name: 'nothing-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    // Without this, type-only imports escape every rule above.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    // The `source` condition makes `plimsoll/engine` resolve to src/engine/index.ts, in reach of
    // the rules, instead of the compiled file.
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs'],
      conditionNames: ['source', 'node', 'import'],
      exportsFields: ['exports'],
    },
  },
};
