import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { formatDecimal, money } from 'plimsoll/units';
import { readCandidates } from './candidates-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-candidates-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'book.csv');

function read(text: string, side: 'long' | 'short' | null = null) {
  writeFileSync(file, text);
  const { candidates, numbers: _, ...rest } = readCandidates(file, side);
  const rows = candidates.map(({ account, size, equity }) => {
    return `${account} ${formatDecimal(size)} ${formatDecimal(equity)}`;
  });
  return { rows, ...rest };
}

const HEAD = 'account,size,equity,unrealizedPnl\n';

function problemOf(text: string, side: 'long' | 'short' | null = null): string {
  try {
    read(text, side);
  } catch (error) {
    assert.ok(error instanceof Error && error.name === 'InputFault', String(error));
    return error.message.replace(`${file}:`, 'FILE:');
  }
  return assert.fail(`nothing was wrong with ${text}`);
}

test('columns are found by name, in any order; others are not read, and said', () => {
  assert.deepEqual(
    read('venue,equity, size ,account,unrealizedPnl\nX,100,2.5,alice,-3\nY,-7,1,bob,0\n'),
    { rows: ['alice 2.5 100', 'bob 1 -7'], side: 'long', ignored: ['venue'] },
  );
});

test('line ends of either kind, a byte order mark, empty lines and a missing last end', () => {
  const { rows } = read(`\ufeff${HEAD.trim()}\r\nalice,-1,5,0\r\n\r\nbob,-2,5,0`);
  assert.deepEqual(rows, ['alice 1 5', 'bob 2 5']);
});

test('quoted fields; optional fields may be empty', () => {
  writeFileSync(
    file,
    'account,size,equity,unrealizedPnl,note,entryValue,score\n' +
      '"alice",1,5,0,"a, ""b""",,\nbob,1,5,0,,-12,3\n',
  );
  const [alice, bob] = readCandidates(file, null).candidates;
  assert.equal(alice?.account, 'alice');
  assert.equal(alice.entryValue, null);
  assert.equal(formatDecimal(bob!.entryValue!), '-12');
  assert.equal(formatDecimal(bob!.score!), '3');
});

test('the side is that of the sizes, or as stated for magnitudes', () => {
  assert.equal(read(`${HEAD}a,-1,5,0\n`).side, 'short');
  assert.equal(read(`${HEAD}a,1,5,0\n`, 'short').side, 'short');
  assert.equal(read(`${HEAD}a,-1,5,0\n`, 'short').side, 'short');
  assert.equal(read(HEAD).side, 'long');
  assert.equal(
    problemOf(`${HEAD}a,1,5,0\nb,-1,5,0\n`),
    'FILE:3: size: expected the sign of the lines before it: candidates are on one side',
  );
  assert.equal(
    problemOf(`${HEAD}a,-1,5,0\n`, 'long'),
    'FILE:2: size: expected a size above 0, as the side is long',
  );
});

test('what is wrong is told by file, line and column', () => {
  assert.match(problemOf(''), /is empty, expected a line of columns/);
  assert.match(
    problemOf('account,size,pnl\n'),
    /^FILE:1: missing columns equity, unrealizedPnl; found "account", "size", "pnl"\. Columns are/,
  );
  assert.equal(problemOf('size,size\n'), 'FILE:1: the column size is there twice');
  assert.equal(problemOf(`${HEAD}a,1,5\n`), 'FILE:2: expected 4 fields, was 3');
  assert.match(problemOf(`${HEAD}a,1,5,0\n\nb c,1,5,0\n`), /^FILE:4: account: expected an id/);
  assert.match(problemOf(`${HEAD}a,1e3,5,0\n`), /^FILE:2: size: .*was "1e3"/);
  assert.equal(problemOf(`${HEAD}a,0,5,0\n`), 'FILE:2: size: expected a size other than 0');
  assert.match(problemOf(`${HEAD}a,1,,0\n`), /^FILE:2: equity: .*was ""/);
  assert.match(problemOf(`${HEAD}a,1,5,-\n`), /^FILE:2: unrealizedPnl: /);
  assert.equal(
    problemOf(`${HEAD}a,1,5,0\nb,1,5,0\na,2,5,0\n`),
    'FILE:4: account: "a" is already that of line 2',
  );
  const margins = `${HEAD.trim()},maintenanceMargin,legMaintenanceMargin\n`;
  assert.match(problemOf(`${margins}a,1,5,0,-1,\n`), /^FILE:2: maintenanceMargin: /);
  assert.equal(
    problemOf(`${margins}a,1,5,0,2,2\nb,1,5,0,2,3\n`),
    'FILE:3: legMaintenanceMargin: expected at most the maintenanceMargin',
  );
  const counted = `${HEAD.trim()},marginEquity\n`;
  assert.deepEqual(read(`${counted}a,1,5,0,5\nb,1,-5,0,-6\nc,1,5,0,\n`).ignored, []);
  assert.equal(
    problemOf(`${counted}a,1,5,0,5.1\n`),
    'FILE:2: marginEquity: expected at most the equity',
  );
  assert.match(problemOf(`${HEAD}${'x'.repeat(2_000_000)}`), /longer than a CSV line/);
  assert.throws(() => readCandidates(join(folder, 'absent.csv'), null), /cannot be read: ENOENT/);
});

test('lines across the pieces in which a file is read stay whole', () => {
  const rows = Array.from({ length: 60_000 }, (_, at) => `account-${at},${at + 1}.5,100,0`);
  const { rows: seen } = read(`${HEAD}${rows.join('\n')}\n`);
  assert.equal(seen.length, rows.length);
  assert.deepEqual(
    seen,
    rows.map((_, at) => `account-${at} ${at + 1}.5 100`),
  );
});

test('numbers of any length, with and without blanks and quotes, mean the same', () => {
  const long = '1.000000000000000001';
  const { rows } = read(
    `${HEAD}a,-${long},5.50,0\nb, -2 ,"5.5",0\nc,-0.5,9999999999999999.5,-${long}\nd,"-3",5,0\n`,
  );
  assert.deepEqual(rows, [`a ${long} 5.5`, 'b 2 5.5', 'c 0.5 9999999999999999.5', 'd 3 5']);
  assert.match(problemOf(`${HEAD}a,1,10000000000000001,0\n`), /^FILE:2: equity: /);
  const margins = `${HEAD.trim()},maintenanceMargin,legMaintenanceMargin\n`;
  assert.match(problemOf(`${margins}a,1,5,0,2,-0.1\n`), /^FILE:2: legMaintenanceMargin: /);
});

test('an account that is there twice is told by both lines, after many and blank ones', () => {
  const many = Array.from({ length: 20_000 }, (_, at) => `account-${at},1,5,0`);
  const twice = [...many.slice(0, 7_000), '', '', ...many.slice(7_000), '', many[9_000]!];
  assert.equal(
    problemOf(`${HEAD}${twice.join('\n')}\n`),
    'FILE:20005: account: "account-9000" is already that of line 9004',
  );
  assert.match(problemOf(`${HEAD}${[...many, many[0]!].join('\n')}`), /already that of line 2$/);
});

test('the sizes together stay in the range of a size', () => {
  const huge = '600000000000000000';
  assert.equal(
    problemOf(`${HEAD}a,${huge},5,0\nb,${huge},5,0\n`),
    'FILE:3: size: the sizes sum to more than 10^18',
  );
});

test('numbers are the nearest to the quantities, of short and of long decimals', () => {
  const values = ['0.1', '-2.50', '12345678901234', '-1.000000000000000001', '9007199254740993'];
  const rows = values.map((value, at) => `account-${at},-${at + 1}.3,${value},${value}`);
  writeFileSync(file, `${HEAD}${rows.join('\n')}\n`);
  const { candidates, numbers } = readCandidates(file, null);
  for (const [at, { size, equity, unrealizedPnl }] of candidates.entries()) {
    assert.equal(formatDecimal(equity), formatDecimal(money(values[at]!)));
    assert.deepEqual(
      [numbers.sizes[at], numbers.equities[at], numbers.profits[at]],
      [size, equity, unrealizedPnl].map(Number),
    );
  }
});

test('a line of up to 64 KB is a line, and a longer one is told', () => {
  const note = (length: number) => `${HEAD.trim()},note\na,1,5,0,${'x'.repeat(length)}\n`;
  assert.deepEqual(read(note(65_000)).rows, ['a 1 5']);
  assert.match(problemOf(note(65_600)), /longer than a CSV line/);
});

test('characters of several bytes stand across the pieces too', () => {
  const rows = Array.from({ length: 9_000 }, (_, at) => `a${at},1,5,0,${'é☃'.repeat(3)}`);
  const { rows: seen, ignored } = read(`${HEAD.trim()},nöte\n${rows.join('\n')}`);
  assert.equal(seen.length, rows.length);
  assert.deepEqual(ignored, ['nöte']);
  assert.match(problemOf(`${HEAD}${'a'.repeat(9)}é,1,5,0`), /expected an id .*, was "aaaaaaaaaé"/);
});
