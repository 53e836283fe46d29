/** What a take does to both accounts, if the taker has the margin for it. @module */
import { bankruptcyPrice, type MarginSummary } from '../../risk/index.ts';
import { neg, type Price, ZERO_MONEY } from '../../units/index.ts';
import { accountAfter } from '../account-after.ts';
import type { Leg } from '../account-legs.ts';
import type { DirectLeg, DirectTake } from '../direct-terms.ts';
import { accountMargin } from '../margin.ts';
import { positionChange } from '../position-change.ts';
import type { RouteMoment } from '../routes/index.ts';
import type { Outcome } from '../schema/index.ts';
import type { AccountView, PoolView } from '../state.ts';
import { accepted } from './outcome.ts';
import { penaltyEvents } from './penalty.ts';
import { marginProblem } from './record-fill.ts';

/** What the contracts cost each, for display: a long's price up, a short's down. */
export const closeOutPriceOf = (
  { market }: Leg,
  { size, value }: Pick<DirectTake, 'size' | 'value'>,
): Price | null =>
  bankruptcyPrice({ kind: market.parameters.kind, sizeDelta: neg(size), quote: value });

export const healthOf = ({ equity, marginEquity, maintenanceMargin }: MarginSummary) => {
  return { equity, marginEquity, maintenanceMargin };
};

/** The liquidator needs initial margin for what it takes on, as anybody else. */
export function takenOver(
  state: PoolView,
  input: {
    readonly moment: RouteMoment;
    readonly liquidator: AccountView;
    readonly market: number;
    readonly terms: DirectLeg;
    readonly take: DirectTake;
  },
): Outcome {
  const { moment, liquidator, market, terms, take } = input;
  const { account, liquidation, margin } = moment;
  const { size, value, notional, bonus } = take;
  const fee = ZERO_MONEY;
  const taken = positionChange(state, { account: liquidator, market, sizeDelta: size, value, fee });
  const unmet = marginProblem(state, { change: taken, market, closeOut: liquidation });
  if (unmet !== null) return unmet;
  const away = { sizeDelta: neg(size), value: neg(value), fee };
  const liquidated = positionChange(state, { account, market, ...away });
  const after = accountMargin(state, accountAfter(account, market, liquidated, state));
  const { bonusFraction, penaltyFraction, leg } = terms;
  const { equity } = after;
  return accepted(
    {
      type: 'LiquidatedDirectly',
      liquidation: liquidation.liquidation,
      account: account.id,
      liquidator: liquidator.id,
      market: leg.market.parameters.market,
      markPrice: leg.markPrice,
      closeOutPrice: closeOutPriceOf(leg, take),
      notional,
      bonusFraction,
      bonus,
      liquidated,
      taken,
      before: healthOf(margin),
      after: healthOf(after),
    },
    ...penaltyEvents(state, { closeOut: liquidation, notional, penaltyFraction, equity }),
  );
}
