/**
 * The examples of docs/adl-hedges-and-index.md, computed: the page cannot say what is not so.
 * @module
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { adlIndexAfter, adlIndexSettlement, newAdlIndex } from 'plimsoll/risk';
import { formatDecimal, price, size } from 'plimsoll/units';
import { runCalc } from './index.ts';

const page = readFileSync(
  new URL('../../../docs/adl-hedges-and-index.md', import.meta.url),
  'utf8',
);

/** Cells of the rows under a heading row, without the line of dashes. */
function tableUnder(heading: string): string[][] {
  const lines = page.split('\n');
  const start = lines.indexOf(heading);
  assert.ok(start >= 0, `expected the table ${heading}`);
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace('−', '-')),
  );
}

const accounts = tableUnder('| account | here | in B | equity |');
const rows = tableUnder('| leverage of | quantity | hedges | fills | unfilled |');

type Output = {
  readonly fills: readonly { readonly account: string; readonly size: string }[];
  readonly unfilled: string;
};

test('the fills of the hedged book are those of the page', () => {
  assert.equal(rows.length, 4);
  for (const [of, quantity, hedges, fills, unfilled] of rows) {
    const factor = {
      hedges,
      market: 'A',
      covariance: [
        { market: 'A', covariances: ['4', '3.6'] },
        { market: 'B', covariances: ['3.6', '4'] },
      ],
    };
    const candidates = accounts.map(([account, here, other, equity]) => ({
      account,
      size: here,
      equity,
      unrealizedPnl: '100',
      otherPositions: other === '' ? [] : [{ market: 'B', size: other }],
    }));
    const input = {
      policy: 'minimax-leverage',
      quantity,
      markPrice: '100',
      closePrice: '100',
      lot: '1',
      candidates: of === 'the factor' ? candidates : candidates.map(alone),
      ...(of === 'the factor' ? factor : {}),
    };
    const outcome = runCalc('adl-allocation', JSON.stringify(input));
    assert.ok(outcome.ok, outcome.ok ? '' : outcome.problem);
    const output = outcome.output as unknown as Output;
    assert.equal(output.fills.map((fill) => `${fill.account} ${fill.size}`).join(', '), fills);
    assert.equal(output.unfilled, unfilled);
  }
});

const alone = <T extends { readonly otherPositions: unknown }>({ otherPositions: _, ...rest }: T) =>
  rest;

test('the index pays and leaves what the page says', () => {
  const story = new RegExp(
    'side of (\\d+) of which (\\d+) close at (\\d+), and then (\\d+) of the remaining (\\d+) ' +
      'at (\\d+), leaves a position of (\\d+) with (\\d+), and pays it (\\d+) for the (\\d+)',
  );
  const numbers = story.exec(page.replaceAll('\n', ' '))?.slice(1);
  assert.ok(numbers, 'expected the story of a side');
  const [open, first, mark, second, rest, later, held, left, paid, closed] = numbers;
  const one = adlIndexAfter({
    index: newAdlIndex,
    openSize: size(open!),
    quantity: size(first!),
    markPrice: price(mark!),
  });
  const two = adlIndexAfter({
    index: one.index,
    openSize: size(rest!),
    quantity: size(second!),
    markPrice: price(later!),
  });
  const settled = adlIndexSettlement({
    size: size(held!),
    side: 1,
    since: newAdlIndex,
    now: two.index,
  });
  const { size: remaining, closed: gone, proceeds } = settled;
  assert.deepEqual([remaining, proceeds, gone].map(formatDecimal), [left, paid, closed]);
});
