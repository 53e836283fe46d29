/**
 * Goal: the command keeps its word to people and to machines. Method: the built command is run as
 * a user would run it; exit codes, messages and JSON are compared.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCalc } from '../../apps/cli/calc/index.ts';
import { mechanismsOf } from '../../src/lab/mechanisms.ts';
import type { ScenarioMechanisms } from '../../src/lab/scenario-mechanisms.ts';
import { CRASH } from '../pools/sample-scenario.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const SCENARIO = 'scenarios/2021-05-19.yaml';
const SHORT = [
  '--accounts',
  '200',
  '--from',
  '2021-05-19T12:00:00Z',
  '--to',
  '2021-05-19T12:20:00Z',
];

function plimsoll(args: readonly string[], input = '') {
  const command = [join(root, 'apps/cli/bin/plimsoll.js'), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: root,
    input,
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout, stderr };
}

const inFolder = (name: string): string => join(folder, name);

test('replay → verify → recover agree on the state hash; the same seed gives it twice', () => {
  const journal = inFolder('run.journal');
  const first = plimsoll(['replay', SCENARIO, ...SHORT, '--journal', journal, '--json', '-']);
  assert.equal(first.status, 0, first.stderr);
  const result = JSON.parse(first.stdout);
  assert.equal(result.conservationImbalance, '0');
  assert.equal(result.unhealthyAtEnd, 0);
  assert.equal(result.lagSteps.max, 0);
  assert.ok(result.liquidations.started > 0);

  const again = plimsoll(['replay', SCENARIO, ...SHORT, '--json', '-']);
  assert.equal(JSON.parse(again.stdout).stateHash, result.stateHash);
  const other = plimsoll(['replay', SCENARIO, ...SHORT, '--seed', '2', '--json', '-']);
  assert.notEqual(JSON.parse(other.stdout).stateHash, result.stateHash);

  const verified = plimsoll(['verify', journal, '--json']);
  assert.equal(verified.status, 0, verified.stdout);
  assert.equal(JSON.parse(verified.stdout).stateHash, result.stateHash);
  const recovered = plimsoll(['recover', journal, '--json']);
  assert.equal(JSON.parse(recovered.stdout).stateHash, result.stateHash);
  assert.equal(JSON.parse(recovered.stdout).headSeq, result.records);
});

test('a receipt is the same bytes twice, reads as a page, and verifies both ways', () => {
  const journal = inFolder('run.journal');
  const list = plimsoll(['receipt', '1', '--journal', journal]);
  assert.equal(list.status, 0, list.stderr);
  const file = inFolder('receipt-1.json');
  assert.equal(plimsoll(['receipt', '1', '--journal', journal, '--out', file]).status, 0);
  assert.equal(readFileSync(file, 'utf8'), list.stdout);
  const again = plimsoll(['receipt', '1', '--journal', journal, '--out', file]);
  assert.equal(again.status, 2);
  assert.match(again.stderr, /receipt-1\.json: expected a new file/);
  const { account } = JSON.parse(list.stdout);
  const own = plimsoll(['receipt', '--account', account.account, '--journal', journal]);
  assert.equal(own.status, 0, own.stderr);
  assert.match(own.stdout, /liquidation +started/);
  const page = plimsoll(['receipt', '1', '--journal', journal, '--text']);
  assert.match(page.stdout, /Why it began[\s\S]*Why this much[\s\S]*The balance, exactly/);
  assert.match(page.stdout, /least-impact ←/);

  const alone = plimsoll(['verify-receipt', file]);
  assert.equal(alone.status, 0, alone.stdout);
  assert.match(alone.stdout, /the journal was not consulted/);
  const checked = plimsoll(['verify-receipt', file, '--journal', journal]);
  assert.equal(checked.status, 0, checked.stdout);
  assert.match(checked.stdout, /the same, byte for byte/);
});

test('a receipt that was touched is exit code 1 and names the place', () => {
  const text = readFileSync(inFolder('receipt-1.json'), 'utf8');
  const touched = inFolder('touched.json');
  writeFileSync(touched, text.replace('"outcome":"restored"', '"outcome":"bankrupt"'));
  const { status, stdout } = plimsoll(['verify-receipt', touched]);
  assert.equal(status, 1);
  assert.match(stdout, /refused at receiptHash/);
});

test('a receipt of nothing is exit code 2 and says what there is', () => {
  const journal = inFolder('run.journal');
  const unknown = plimsoll(['receipt', '999999', '--journal', journal]);
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /no liquidation 999999 in .*: it has the numbers 1 to \d+/);
  assert.equal(plimsoll(['receipt', '0', '--journal', journal]).status, 2);
  assert.equal(plimsoll(['receipt', '--journal', journal]).status, 2);
  assert.equal(plimsoll(['receipt', '1']).status, 2);
  assert.equal(plimsoll(['verify-receipt', inFolder('nowhere.json')]).status, 2);
});

test('a journal is never written over', () => {
  const journal = inFolder('taken.journal');
  writeFileSync(journal, 'somebody else');
  const { status, stderr } = plimsoll(['replay', SCENARIO, ...SHORT, '--journal', journal]);
  assert.equal(status, 2);
  assert.match(stderr, /taken\.journal: expected a new file/);
  assert.equal(readFileSync(journal, 'utf8'), 'somebody else');
});

test('what is not a journal, or is cut, ends with exit code 2 and names the file', () => {
  const missing = plimsoll(['verify', inFolder('nowhere.journal')]);
  assert.equal(missing.status, 2);
  assert.match(missing.stderr, /nowhere\.journal/);
  const text = inFolder('text.journal');
  writeFileSync(
    text,
    'not a database at all, but long enough to have a header of some kind\n'.repeat(9),
  );
  const wrong = plimsoll(['recover', text]);
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /text\.journal/);
  const whole = readFileSync(inFolder('run.journal'));
  writeFileSync(inFolder('cut.journal'), whole.subarray(0, Math.floor(whole.length / 2)));
  const cut = plimsoll(['verify', inFolder('cut.journal')]);
  assert.equal(cut.status, 2);
  assert.match(cut.stderr, /cut\.journal/);
});

/** One good bar file, changed by a function of its lines. */
function barFolder(name: string, change: (lines: string[]) => string[]): string {
  const directory = inFolder(name);
  mkdirSync(directory);
  const start = Date.parse('2021-05-19T12:00:00Z');
  const bars = Array.from({ length: 20 }, (_, at) => {
    return `${start + at * 60_000},100,101,99,100.5,12`;
  });
  const lines = change(['ts_ms,open,high,low,close,volume', ...bars]);
  writeFileSync(join(directory, 'venue_BTCUSDT_1m.csv'), `${lines.join('\n')}\n`);
  return directory;
}

const REPLAY_BARS = ['replay', SCENARIO, '--accounts', '50', '--json', '-', '--prices'];

test('bars of any venue drive a replay; a missing minute is staleness, not an error', () => {
  const whole = plimsoll([...REPLAY_BARS, barFolder('bars', (lines) => lines)]);
  assert.equal(whole.status, 0, whole.stderr);
  const gaps = barFolder('gaps', (lines) => lines.filter((_, at) => at < 5 || at > 9));
  const stale = plimsoll([...REPLAY_BARS, gaps]);
  assert.equal(stale.status, 0, stale.stderr);
  assert.equal(JSON.parse(stale.stdout).conservationImbalance, '0');
});

const swapped = (lines: string[]): string[] => [lines[0]!, lines[2]!, lines[1]!, ...lines.slice(3)];
const edited = (line: number, text: string) => (lines: string[]) =>
  lines.map((found, at) => (at === line ? text : found));

const BAD_BARS: readonly (readonly [string, (lines: string[]) => string[], RegExp])[] = [
  ['a repeated time', (lines) => [...lines.slice(0, 3), lines[2]!, ...lines.slice(3)], /csv:4/],
  ['unordered times', swapped, /csv:3/],
  ['crossed prices', edited(5, '1621425840000,100,90,99,100.5,12'), /csv:6/],
  ['a price that is no number', edited(5, '1621425840000,NaN,101,99,100.5,12'), /csv:6/],
  ['a negative price', edited(5, '1621425840000,-100,101,-101,100.5,12'), /csv:6/],
  ['a missing column', edited(5, '1621425840000,100,101,99'), /csv:6/],
];

for (const [what, change, place] of BAD_BARS) {
  test(`${what} in a bar file is named with file and line, exit code 2`, () => {
    const directory = barFolder(`bad-${what.replaceAll(' ', '-')}`, change);
    const { status, stderr, stdout } = plimsoll([...REPLAY_BARS, directory]);
    assert.equal(status, 2, stdout);
    assert.match(stderr, place);
    assert.match(stderr, /expected/);
  });
}

test('a folder without a usable file is exit code 2', () => {
  const directory = inFolder('nothing');
  mkdirSync(directory);
  writeFileSync(join(directory, 'ethgas_10m.csv'), 'a,b\n1,2\n');
  assert.equal(plimsoll([...REPLAY_BARS, directory]).status, 2);
});

test('a scenario that cannot be used is exit code 2, and nothing is run', () => {
  const file = inFolder('unusable.yaml');
  writeFileSync(file, 'tittle: x\n');
  const { status, stdout, stderr } = plimsoll(['replay', file]);
  assert.deepEqual([status, stdout], [2, '']);
  assert.match(stderr, /unusable\.yaml:1: /);
});

/** The scenario with the section `mechanisms`: JSON is YAML. */
function withMechanisms(change: Partial<ScenarioMechanisms>): string {
  const file = inFolder('mechanisms.yaml');
  const section = { ...mechanismsOf(CRASH), ...change };
  const good = readFileSync(join(root, SCENARIO), 'utf8');
  writeFileSync(file, `${good}\nmechanisms: ${JSON.stringify(section)}\n`);
  return file;
}

test('a scenario may state mechanisms: replay shows which ways out were taken', () => {
  const { status, stdout, stderr } = plimsoll(['replay', withMechanisms({}), ...SHORT]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /Which ways out were taken\n +way +chosen +close-outs/);
  const bare = plimsoll(['replay', withMechanisms({ vault: null }), ...SHORT]);
  assert.equal(bare.status, 2);
  assert.match(bare.stderr, /yaml:\d+: .*routes.*expected terms under vault .* with backstop/);
});

test('a scenario may state price guards: replay shows which marks they held back', () => {
  const file = inFolder('guarded.yaml');
  const good = readFileSync(join(root, SCENARIO), 'utf8');
  const off = {
    stableTimeConstantMs: null,
    deviationMax: null,
    confidenceFactor: null,
    tradingStalenessMsMax: null,
  };
  const section = { ...off, markStepPerSecond: '0.00002' };
  const guards = `priceGuards: ${JSON.stringify(section)}\nbreakers: null`;
  writeFileSync(file, good.replace(/^breakers: null/m, guards));
  const { status, stdout, stderr } = plimsoll(['replay', file, ...SHORT]);
  assert.equal(status, 0, stderr);
  assert.match(
    stdout,
    /price guards held marks back from what was reported:\n +held back +records/,
  );
  assert.doesNotMatch(plimsoll(['replay', SCENARIO, ...SHORT]).stdout, /price guard/);
});

/** The example of docs/scenarios.md, at the end of a bundled scenario. */
function withWaterfall(): string {
  const page = readFileSync(join(root, 'docs/scenarios.md'), 'utf8');
  const section = /```yaml\n(waterfall:\n[\s\S]*?)```/.exec(page)![1]!;
  const file = inFolder('layered.yaml');
  const scenario = readFileSync(join(root, 'scenarios/2025-10-10.yaml'), 'utf8');
  writeFileSync(file, `${scenario}\n${section}`);
  return file;
}

test('a scenario may state a waterfall: replay and losses show what each layer paid', () => {
  const window = ['--from', '2025-10-10T21:05:00Z', '--to', '2025-10-10T21:14:00Z'];
  const journal = inFolder('layered.journal');
  const some = ['--accounts', '60', ...window, '--journal', journal];
  const { status, stdout, stderr } = plimsoll(['replay', withWaterfall(), ...some]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /What stood beside the fund\n +layer +received +premiums +paid/);
  assert.match(stdout, / {2}tranche junior +[1-9]/);
  const told = plimsoll(['losses', '--journal', journal]);
  assert.equal(told.status, 0, told.stderr);
  assert.match(told.stdout, /insurance tranches +[1-9].*\n +junior +[1-9].*\n +senior +[1-9]/);
});

test('lights say who would be deleveraged first, at any record of a journal', () => {
  const journal = inFolder('lights.journal');
  const window = ['--from', '2021-05-19T12:40:00Z', '--to', '2021-05-19T12:45:00Z'];
  const run = plimsoll(['replay', SCENARIO, '--accounts', '40', ...window, '--journal', journal]);
  assert.equal(run.status, 0, run.stderr);
  const told = plimsoll(['lights', '--journal', journal, '--front', '1', '--market', 'BTC-PERP']);
  assert.equal(told.status, 0, told.stderr);
  assert.match(told.stdout, /BTC-PERP short .*\n +lights +rank +account .*\n +●+○* +1 +/);
  assert.doesNotMatch(told.stdout, /ETH-PERP/);

  const all = JSON.parse(plimsoll(['lights', '--journal', journal, '--json', '-']).stdout);
  const place = String(all.seq - 10);
  const early = plimsoll(['lights', '--journal', journal, '--seq', place, '--json', '-']);
  const { seq, sides } = JSON.parse(early.stdout);
  assert.equal(seq, all.seq - 10);
  assert.ok(all.sides.length > 0);
  const [first] = sides[0].positions;
  const { stdout } = plimsoll([
    'lights',
    '--journal',
    journal,
    '--account',
    first.account,
    '--json',
    '-',
    '--seq',
    place,
  ]);
  const own = JSON.parse(stdout).sides.find(
    (side: (typeof sides)[0]) => side.market === sides[0].market,
  );
  assert.deepEqual(own.positions, [first]);

  for (const wrong of [
    ['--seq', '99999999'],
    ['--account', 'nobody'],
    ['--market', 'X-PERP'],
  ]) {
    const { status, stderr } = plimsoll(['lights', '--journal', journal, ...wrong]);
    assert.equal(status, 2);
    assert.match(stderr, /expected .* in .*lights\.journal, found none/);
  }
  assert.equal(plimsoll(['lights', '--journal', journal, '--seq', '0']).status, 2);
});

test('compare says the same for people and for machines, and twice', () => {
  const window = ['--from', '2021-05-19T12:40:00Z', '--to', '2021-05-19T12:50:00Z'];
  const some = ['--mechanisms', 'book,auction', '--accounts', '40', ...window];
  const { status, stdout, stderr } = plimsoll(['compare', SCENARIO, ...some, '--json', '-']);
  assert.equal(status, 0, stderr);
  const { mechanisms, accounts } = JSON.parse(stdout);
  assert.equal(accounts, 40);
  assert.deepEqual(
    mechanisms.map(({ mechanism }: { mechanism: string }) => mechanism),
    ['book', 'auction'],
  );
  assert.match(stderr, /The same day, by mechanism\n +book +auction\n/);
  assert.match(stderr, /✓ the ledger sums to zero/);
  const file = inFolder('comparison.json');
  const again = plimsoll(['compare', SCENARIO, ...some, '--json', file]);
  assert.equal(again.status, 0, again.stderr);
  assert.match(again.stdout, /The same day, by mechanism/);
  assert.equal(readFileSync(file, 'utf8'), stdout);
});

test('compare sets policies side by side, and losses tells of a journal who bore them', () => {
  const window = ['--from', '2021-05-19T12:40:00Z', '--to', '2021-05-19T13:00:00Z'];
  const some = ['--adl-policies', 'queue,min-max', '--accounts', '40', ...window];
  const { status, stdout, stderr } = plimsoll(['compare', SCENARIO, ...some, '--json', '-']);
  assert.equal(status, 0, stderr);
  const { policies } = JSON.parse(stdout);
  assert.deepEqual(
    policies.map(({ policy }: { policy: string }) => policy),
    ['queue', 'min-max'],
  );
  assert.match(stderr, /The same day, by deleveraging policy\n +queue +min-max\n/);
  const both = plimsoll(['compare', SCENARIO, ...some, '--mechanisms', 'book']);
  assert.equal(both.status, 2);
  const unknown = plimsoll(['compare', SCENARIO, '--adl-policies', 'lottery']);
  assert.match(unknown.stderr, /expected some of minimax-leverage, .*, was "lottery"/);

  const journal = inFolder('losses.journal');
  const run = plimsoll(['replay', SCENARIO, '--accounts', '40', ...window, '--journal', journal]);
  assert.equal(run.status, 0, run.stderr);
  const lines = inFolder('losses.jsonl');
  const told = plimsoll(['losses', '--journal', journal, '--json', lines]);
  assert.equal(told.status, 0, told.stderr);
  assert.match(told.stdout, /✓ they sum to zero/);
  assert.match(told.stdout, /The largest of them\n +record +market +needed +taken +beyond/);
  for (const line of readFileSync(lines, 'utf8').split('\n').filter(Boolean)) {
    assert.notEqual(JSON.parse(line).rows.length, 1);
  }
});

test('adl says what calc adl-allocation says, for every policy, and where a book is wrong', () => {
  const book = inFolder('book.csv');
  const rows = [
    ['a', '-10', '400', '300', '20'],
    ['b', '-10', '100', '90', ''],
    ['c', '-10', '50', '-5', '50'],
  ];
  writeFileSync(book, ['account,size,equity,unrealizedPnl,marginEquity', ...rows].join('\n'));
  const asked = ['--quantity', '12', '--mark', '100', '--close', '105', '--lot', '1'];
  const file = inFolder('adl.json');
  const all = plimsoll(['adl', '--candidates', book, ...asked, '--policy', 'all', '--json', file]);
  assert.equal(all.status, 0, all.stderr);
  assert.match(all.stdout, /12 of bankrupt longs closed against shorts/);
  assert.match(all.stdout, /\n +minimax-leverage +capped-pro-rata .* queue-notional\n/);
  const { policies, ...facts } = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual(facts, {
    side: 'short',
    quantity: '12',
    markPrice: '100',
    closePrice: '105',
    gap: '60',
    candidates: 3,
    eligible: 3,
  });
  assert.equal(policies.length, 6);
  for (const { policy, ...answered } of policies) {
    const candidates = rows.map(([account, size, equity, unrealizedPnl, counted]) => {
      const marginEquity = counted === '' ? null : counted;
      return { account, size, equity, unrealizedPnl, marginEquity };
    });
    const [quantity, markPrice, closePrice, lot] = ['12', '100', '105', '1'];
    const input = { policy, quantity, markPrice, closePrice, lot, candidates };
    const calc = runCalc('adl-allocation', JSON.stringify(input));
    const { metrics, ...rest } = JSON.parse(JSON.stringify(calc.ok ? calc.output : calc));
    const { ranking: _, factor, ...measured } = metrics;
    assert.equal(factor, null, 'a book of one market has no other positions to count');
    assert.deepEqual(answered, { ...rest, metrics: measured }, policy);
  }
  writeFileSync(book, 'account,size,equity,unrealizedPnl\na,-10,4e2,300\n');
  const wrong = plimsoll(['adl', '--candidates', book, ...asked]);
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /book\.csv:2: equity: .*was "4e2"/);
  assert.equal(plimsoll(['adl', '--candidates', book]).status, 2);
  const zero = plimsoll(['adl', '--candidates', book, ...asked, '--lot', '0']);
  assert.match(zero.stderr, /expected more than 0, was "0"/);
});

test('compare names a mechanism that it does not know, and what is given twice', () => {
  const unknown = plimsoll(['compare', SCENARIO, '--mechanisms', 'book,lottery']);
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /expected some of book, amm, .*router, was "lottery"/);
  const twice = plimsoll(['compare', SCENARIO, '--mechanisms', 'book,book']);
  assert.equal(twice.status, 2);
  assert.match(twice.stderr, /each name once/);
  assert.equal(plimsoll(['compare']).status, 2);
  const help = plimsoll(['compare', '--help']);
  assert.equal(help.status, 0);
  assert.match(help.stdout, /Examples:/);
});

test('wrong arguments are exit code 2 and point to the help', () => {
  assert.equal(plimsoll(['replay']).status, 2);
  assert.equal(plimsoll(['replay', SCENARIO, '--accounts', 'many']).status, 2);
  assert.equal(plimsoll(['calc', 'no-such-formula']).status, 2);
  assert.equal(plimsoll(['frobnicate']).status, 2);
  const help = plimsoll(['replay', '--help']);
  assert.equal(help.status, 0);
  assert.match(help.stdout, /Examples:/);
});

test('calc answers JSON with JSON and names what is wrong', () => {
  const tiers = [{ notionalFloor: '0', maintenanceMarginFraction: '0.02' }];
  const good = plimsoll(
    ['calc', 'maintenance-margin'],
    JSON.stringify({ notional: '20000', tiers }),
  );
  assert.equal(good.status, 0, good.stderr);
  assert.equal(JSON.parse(good.stdout).maintenanceMargin, '400');
  const bad = plimsoll(['calc', 'maintenance-margin'], JSON.stringify({ notional: 20000, tiers }));
  assert.equal(bad.status, 2);
  assert.match(bad.stderr, /notional/);
});
