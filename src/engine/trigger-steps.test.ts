/**
 * Goal: after every step the index finds exactly what an exact scan of all accounts finds, in the
 * same order, down to the last unit of 1e-18. Method: seeded random steps on a small book, among
 * them prices put on the very unit at which an account turns. `npm run soak -- triggers` takes
 * millions. Canaries: an answer that is wrong by one unit, and bounds that are one unit of
 * floating point too far, are caught by the same steps.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bothAnswers,
  type TriggerBook,
  takeStep,
  triggerBook,
} from '../../test/pools/trigger-book.ts';
import { add, fromRaw, type Money, type Price, rawOf } from '../units/index.ts';
import { marketToChange } from './state.ts';
import { certificatesOf } from './triggers/account-rows.ts';
import { BOUND, CHANNEL, FLOATS, WORDS } from './triggers/legs.ts';
import { coordinateOfChannel, isOfRise } from './triggers/watched-prices.ts';

const [ACCOUNTS, STEPS, SEED] = [14, 6_000, 20210519];

test('the index finds exactly what a scan finds, in its order, after every step', () => {
  const book = triggerBook(ACCOUNTS, SEED);
  let [found, changed, before] = [0, 0, ''];
  for (let step = 0; step < STEPS; step += 1) {
    takeStep(book);
    const { index, scan } = bothAnswers(book);
    assert.deepEqual(index, scan, `step ${step}`);
    found += index.length;
    if (String(index) !== before) changed += 1;
    before = String(index);
  }
  assert.ok(found > STEPS / 2 && changed > STEPS / 8, `too quiet: ${found} found, ${changed} news`);
});

/** The step at which the two answers first differ; null where they never do. */
function firstDifference(
  spoil: (book: TriggerBook) => void,
  scanOf = (book: TriggerBook) => book.state,
) {
  const book = triggerBook(ACCOUNTS, SEED);
  for (let step = 0; step < STEPS; step += 1) {
    takeStep(book);
    const { index, scan } = bothAnswers(book, scanOf(book));
    if (String(index) !== String(scan)) return step;
    spoil(book);
  }
  return null;
}

test('canary: a verdict that is off by one unit of 1e-18 is caught', () => {
  const oneUnit = fromRaw<Money>(1n);
  const richer = ({ state }: TriggerBook) => {
    const accounts = state.accounts.map((account) => {
      return { ...account, balance: add(account.balance, oneUnit) };
    });
    return { ...state, accounts };
  };
  assert.notEqual(
    firstDifference(() => {}, richer),
    null,
  );
});

test('canary: a bound one unit of floating point beyond the price is caught', () => {
  const spoil = ({ triggers: { legs, prices } }: TriggerBook): void => {
    for (let leg = 0; leg < legs.used; leg += 1) {
      const channel = legs.words[leg * WORDS + CHANNEL]!;
      if (channel < 0) continue;
      const price = prices.value[coordinateOfChannel(channel)]!;
      const at = isOfRise(channel) ? -price : price;
      const bound = legs.floats[leg * FLOATS + BOUND]!;
      if (bound >= at) legs.floats[leg * FLOATS + BOUND] = at - 2 ** -52 * Math.abs(at);
    }
  };
  assert.notEqual(firstDifference(spoil), null);
});

test('a price looks at those whose bounds it has reached, and at nobody else', () => {
  const book = triggerBook(400, SEED);
  const { state, triggers, random } = book;
  bothAnswers(book);
  const looks = () => {
    const { accounts } = triggers;
    return state.accounts.reduce((sum, _, number) => sum + certificatesOf(accounts, number), 0);
  };
  const before = looks();
  const ticks = 400;
  for (let tick = 0; tick < ticks; tick += 1) {
    const market = tick % state.markets.length;
    const raw = rawOf(state.markets[market]!.mark!);
    const parts = BigInt(Math.round(200_000 * (2 * random() - 1)));
    marketToChange(state, market).mark = fromRaw<Price>(raw + (raw * parts) / 1_000_000_000n);
    state.changes.marks.push(market);
    const { index, scan } = bothAnswers(book);
    assert.deepEqual(index, scan);
  }
  // Every tick concerns some 300 of them; a walk of 2 bp comes near the bounds of very few.
  assert.ok(looks() - before < ticks, `${looks() - before} looks in ${ticks} ticks`);
});
