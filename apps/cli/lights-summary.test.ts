/**
 * Goal: people and machines are told of protected hedges what the pool would do. Method: the three
 * shorts of docs/adl.md and one more, who is hedged but for less than a lot.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adlLights } from 'plimsoll/engine';
import { threeShorts, WHOLE } from '../../test/pools/hedge-stage.ts';
import { lightsSummary, lightsView } from './lights-summary.ts';
import { paintFor } from './terminal.ts';

function lights(hedges: 'ignore' | 'protect') {
  const pool = threeShorts('6', { hedges, loadings: WHOLE });
  const kim = pool.account('kim', '52');
  pool.fill(pool.maker, kim, { market: 'BTC-PERP', size: '2', price: '100' });
  pool.fill(kim, pool.maker, { market: 'ETH-PERP', size: '9.998', price: '20' });
  pool.price('BTC', '99', ['BTC-PERP']);
  const { timeMs } = pool.engine.state;
  const sides = adlLights(pool.engine.state).filter(
    ({ market, side }) => market === 'BTC-PERP' && side === 'short',
  );
  return { seq: pool.records.length, timeMs, sides };
}

const text = (hedges: 'ignore' | 'protect', front = 10): string =>
  lightsSummary(lights(hedges), front, paintFor({ isTTY: false }));

/** Words of the lines of the table. */
const rows = (told: string): string[] =>
  told
    .split('\n')
    .filter((line) => /[●○]/u.test(line))
    .map((line) => line.trim().replaceAll(/\s+/gu, ' '));

test('in words: who is protected, and whether as a hedge or but for less than a lot', () => {
  const told = text('protect');
  assert.match(told, /\n {2}protected is what closes only once hedges are given up/);
  assert.match(told, /BTC-PERP short {2}4 contracts with a profit and without protection\n/);
  assert.match(told, /\n +lights +rank +account +size +ahead +leverage +profit +protected\n/);
  assert.deepEqual(
    rows(told).map((row) => row.replace(/^(\S+) (\S+) (\S+) .* 2\.00 /u, '$1 $2 $3 ')),
    [
      '●●●○○ 1 ivy –',
      '●○○○○ 2 ned –',
      '○○○○○ – hal a hedge',
      '○○○○○ – kim but for less than a lot',
    ],
  );
});

test('the column and its line are there only where a position that is shown is protected', () => {
  for (const told of [text('ignore'), text('protect', 2)]) {
    assert.doesNotMatch(told, /protected/);
    assert.match(rows(told)[0]!, / 2\.00$/);
  }
  // What is ranked is the same however many are shown.
  assert.match(text('protect', 2), /4 contracts with a profit and without protection/);
  assert.match(text('ignore'), /8 contracts with a profit\n/);
});

test('for machines: the reason of each, or null', () => {
  const { sides } = JSON.parse(JSON.stringify(lightsView(lights('protect'))));
  assert.deepEqual(
    sides[0].positions.map(
      (own: { account: string; lights: number; protection: string | null }) => [
        own.account,
        own.lights,
        own.protection,
      ],
    ),
    [
      ['ivy', 3, null],
      ['ned', 1, null],
      ['hal', 0, 'hedge'],
      ['kim', 0, 'less-than-a-lot'],
    ],
  );
});
