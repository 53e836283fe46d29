/**
 * The slice of a portfolio that restores its account's buffer, and what it costs.
 * @module
 */
import { auctionMaxFraction, auctionStarterFee, solventSlicePrice } from 'plimsoll/risk';
import { gt, lte, min } from 'plimsoll/units';
import { answer, calc, type Json, shown } from './calc-definition.ts';
import { money, ratio } from './quantity.ts';
import { optional, record, refused } from './shape.ts';

const share = (meaning: string) => ratio(meaning, { atLeast: '0', atMost: '1' });

export const auctionMaxFractionCalc = calc({
  name: 'auction-max-fraction',
  summary: 'Largest slice of a portfolio that a bidder may take: the one that restores the buffer.',
  source: 'Derive v2, DutchAuction.sol',
  input: record('', {
    markToMarket: money('Value of the portfolio at the marks', { above: '0' }),
    netMaintenanceValue: money('Margin equity less maintenance margin, at most markToMarket'),
    bufferFraction: ratio('Part of the requirement to be left beyond it', {
      atLeast: '0',
      atMost: '100',
    }),
    discount: share('Share of its value that is asked now'),
    reserved: money('Proceeds of earlier slices, not sold again', { atLeast: '0' }),
    fraction: optional(share('Slice that a bidder wants; absent: none is priced')),
    feeFraction: optional(share("Starter's fee per unit of value to be sold; absent: none")),
  }),
  outputs: {
    bufferMargin: 'money, negative where something is missing',
    maxFraction: 'ratio',
    sliceFraction: 'ratio, the smaller of fraction and maxFraction; with fraction only',
    slicePrice: 'money; with fraction only',
    starterFee: 'money; with feeFraction only',
  },
  compute: (input) => {
    const { markToMarket, netMaintenanceValue, reserved, discount, fraction, feeFraction } = input;
    if (gt(netMaintenanceValue, markToMarket)) {
      return refused('netMaintenanceValue', 'expected at most markToMarket');
    }
    const { bufferMargin, maxFraction } = auctionMaxFraction(input);
    const output: Record<string, Json> = {
      bufferMargin: shown(bufferMargin),
      maxFraction: shown(maxFraction),
    };
    if (fraction !== null) {
      if (lte(markToMarket, reserved)) {
        return refused('reserved', 'expected less than markToMarket where a slice is priced');
      }
      const sliceFraction = min(fraction, maxFraction);
      const slice = { fraction: sliceFraction, discount, markToMarket, reserved };
      output['sliceFraction'] = shown(sliceFraction);
      output['slicePrice'] = shown(solventSlicePrice(slice));
    }
    if (feeFraction !== null) {
      output['starterFee'] = shown(auctionStarterFee({ ...input, feeFraction }));
    }
    return answer(output);
  },
});
