/**
 * What a bidder is paid for taking over a portfolio that nobody would buy.
 * @module
 */
import { insolventPayout } from 'plimsoll/risk';
import { gt, min, ZERO_MONEY } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { duration, money, ratio } from './quantity.ts';
import { record, refused } from './shape.ts';

export const insolventPayoutCalc = calc({
  name: 'insolvent-payout',
  summary: 'Payout to the bidder for a share of a portfolio in the insolvent phase of an auction.',
  source: 'Derive v2, DutchAuction.sol',
  input: record('', {
    markToMarket: money('Value of the portfolio at the marks, signed'),
    netMaintenanceValue: money(
      'Margin equity less maintenance margin; at most 0 and at most markToMarket',
    ),
    elapsedMs: duration('Since the insolvent phase started'),
    durationMs: duration('Until the payout is at its largest', { atLeast: 1 }),
    fraction: ratio('Share of the portfolio taken over', { atLeast: '0', atMost: '1' }),
  }),
  outputs: { payout: 'money, paid to the bidder' },
  compute: (input) => {
    if (gt(input.netMaintenanceValue, min(input.markToMarket, ZERO_MONEY))) {
      return refused('netMaintenanceValue', 'expected at most 0 and at most markToMarket');
    }
    return answer({ payout: shown(insolventPayout(input)) });
  },
});
