/**
 * One take of an auction that sells a lot to raise a stated sum.
 * @module
 */
import { auctionTake } from 'plimsoll/risk';
import { ZERO_MONEY } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { amount, money, price } from './quantity.ts';
import { fallback, record } from './shape.ts';

export const auctionTakeCalc = calc({
  name: 'auction-take',
  summary: 'What a bidder buys of a lot and pays; null where only a larger take is possible.',
  source: 'MakerDAO, clip.sol',
  input: record('', {
    amount: amount('Most that the bidder buys', { above: '0' }),
    lot: amount('What is left to sell', { above: '0' }),
    tab: money('What is left to raise', { above: '0' }),
    price: price('What is asked per unit', { above: '0' }),
    tabMin: fallback(
      money('Least that may be left to raise unless nothing is; default 0', { atLeast: '0' }),
      ZERO_MONEY,
    ),
  }),
  outputs: {
    slice: 'amount | null',
    owed: 'money | null',
    lotLeft: 'amount | null',
    tabLeft: 'money | null',
    ends: 'boolean | null',
  },
  compute: (input) => {
    const take = auctionTake(input);
    if (take === null) {
      return answer({ slice: null, owed: null, lotLeft: null, tabLeft: null, ends: null });
    }
    return answer({
      slice: shown(take.slice),
      owed: shown(take.owed),
      lotLeft: shown(take.lotLeft),
      tabLeft: shown(take.tabLeft),
      ends: take.ends,
    });
  },
});
