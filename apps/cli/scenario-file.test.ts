/** What is wrong with a scenario is told by file, line and key, before anything is run. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { InputFault } from './exit-codes.ts';
import { readScenario } from './scenario-file.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-scenarios-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const SCENARIO = 'scenarios/2021-05-19.yaml';
const inFolder = (name: string): string => join(folder, name);

/** The section `priceGuards`, each off but for what is given; JSON is YAML. */
const guardsOf = (change: { readonly [guard: string]: number | string }): string => {
  const off = {
    stableTimeConstantMs: null,
    deviationMax: null,
    markStepPerSecond: null,
    confidenceFactor: null,
    tradingStalenessMsMax: null,
  };
  return `priceGuards: ${JSON.stringify({ ...off, ...change })}\nbreakers: null`;
};

const BAD_SCENARIOS: readonly (readonly [string, RegExp, string, RegExp])[] = [
  ['money without quotes', /penaltyFraction: "[^"]*"/, 'penaltyFraction: 0.002', /penaltyFraction/],
  ['an unknown key', /^title:/m, 'tittle: x\ntitle:', /tittle/],
  ['a word for a number', /releaseRatio: "[^"]*"/, 'releaseRatio: "NaN"', /releaseRatio/],
  ['absurd leverage', /max: 50 \}/, 'max: 5000 }', /leverage/],
  [
    'a deviation from no stable price',
    /^breakers: null/m,
    guardsOf({ deviationMax: '0.1' }),
    /priceGuards\.deviationMax: expected a stableTimeConstantMs/,
  ],
  [
    'prices fresher for margin than for trading',
    /^breakers: null/m,
    guardsOf({ tradingStalenessMsMax: 1_000_000_000 }),
    /priceGuards\.tradingStalenessMsMax: expected at most marking\.bookStalenessMsMax/,
  ],
  ['a negative size', /lotNotional: "[^"]*"/, 'lotNotional: "-1"', /lotNotional/],
];

for (const [what, pattern, replacement, place] of BAD_SCENARIOS) {
  test(`a scenario with ${what} is refused with file, line and key`, () => {
    const good = readFileSync(join(root, SCENARIO), 'utf8');
    const bad = good.replace(pattern, replacement);
    assert.notEqual(bad, good, 'the pattern no longer matches the scenario');
    const file = inFolder(`${what.replaceAll(' ', '-')}.yaml`);
    writeFileSync(file, bad);
    assertRefused(file, place);
  });
}

/** By the reader that every command with a scenario calls first. */
function assertRefused(file: string, place: RegExp): void {
  assert.throws(
    () => readScenario(file),
    (error) =>
      error instanceof InputFault && place.test(error.message) && /\.yaml:\d+/.test(error.message),
  );
}

/** The example of docs/scenarios.md, at the end of a bundled scenario. */
function withWaterfall(change: (section: string) => string): string {
  const page = readFileSync(join(root, 'docs/scenarios.md'), 'utf8');
  const section = /```yaml\n(waterfall:\n[\s\S]*?)```/.exec(page)![1]!;
  const file = inFolder('layered.yaml');
  const scenario = readFileSync(join(root, 'scenarios/2025-10-10.yaml'), 'utf8');
  writeFileSync(file, `${scenario}\n${change(section)}`);
  return file;
}

const BAD_WATERFALLS: readonly (readonly [RegExp, string, RegExp])[] = [
  [/tranche: senior/, 'tranche: junior', /tranches\.1\.tranche: expected each tranche once/],
  [/premiumRate: "0.2"/, 'premiumRate: "10.5"', /tranches\.0\.premiumRate/],
  [/premiumRate: "0.2"/, 'premiumRate: 0.2', /tranches\.0\.premiumRate/],
  [/notionalShareMax: "0.01"/, 'notionalShareMax: "1.01"', /lossSharing\.notionalShareMax/],
  [/coin: ETH/, 'coin: BTC', /deleveraging\.loadings\.1\.coin: expected each coin once/],
  [/loadingToPrice: 1.4/, 'loadingToPrice: 0', /loadings\.1\.loadingToPrice/],
  [/hedges: protect/, 'hedges: keep', /deleveraging\.hedges/],
  [/basis: open-interest/, 'basis: everybody', /lossSharing\.basis/],
  [/windowMs: 3600000/, 'windowMs: 0', /waterfall\.windowMs/],
  [/providers: 2/, 'provider: 2', /tranches\.0/],
];

test('a waterfall that cannot be is refused with file, line and key', () => {
  for (const [pattern, replacement, place] of BAD_WATERFALLS) {
    const bad = withWaterfall((section) => {
      assert.match(section, pattern);
      return section.replace(pattern, replacement);
    });
    assertRefused(bad, place);
  }
});
