/**
 * How much of a position to close.
 * @module
 */
import { closeOutSize } from 'plimsoll/risk';
import { ZERO_MONEY } from 'plimsoll/units';
import { answer, calc, shown } from './calc-definition.ts';
import { impact } from './impact-model.ts';
import { tiers } from './margin-tiers.ts';
import { money, ratio } from './quantity.ts';
import { fallback, optional, record, refused } from './shape.ts';

const costFraction = (meaning: string) => ratio(meaning, { atLeast: '0', atMost: '1' });

export const closeOutSizeCalc = calc({
  name: 'close-out-size',
  summary: 'Smallest close-out that restores the target ratio after penalty, slippage and impact.',
  source: 'Plimsoll',
  input: record('', {
    equity: money('Margin equity of the account, signed'),
    notional: money('Notional of the position at the mark', { atLeast: '0' }),
    maintenanceMarginFraction: optional(
      ratio('The one fraction of an untiered market, instead of tiers', { above: '0', below: '1' }),
    ),
    tiers: optional(tiers),
    targetRatio: ratio('Margin equity to reach per unit of maintenance margin', { above: '0' }),
    penaltyFraction: costFraction('Penalty per unit closed'),
    slippageFraction: costFraction('Mark to limit price per unit closed'),
    otherMaintenanceMargin: fallback(
      money("Maintenance margin of the account's other positions; default 0", { atLeast: '0' }),
      ZERO_MONEY,
    ),
    lotNotional: optional(money('Notional of a lot; absent: any amount', { above: '0' })),
    impact: optional(impact),
  }),
  outputs: { closeOutNotional: 'money', wholeTakeover: 'boolean' },
  compute: ({ equity, maintenanceMarginFraction, tiers: table, ...rest }) => {
    if ((maintenanceMarginFraction === null) === (table === null)) {
      const text = 'expected either maintenanceMarginFraction or tiers, was';
      return refused('tiers', `${text} ${table === null ? 'neither' : 'both'}`);
    }
    const single =
      maintenanceMarginFraction === null
        ? []
        : [{ notionalFloor: ZERO_MONEY, maintenanceMarginFraction }];
    const result = closeOutSize({ ...rest, marginEquity: equity, tiers: table ?? single });
    return answer({
      closeOutNotional: shown(result.closeOutNotional),
      wholeTakeover: result.wholeTakeover,
    });
  },
});
