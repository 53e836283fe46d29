/** What an account in liquidation is charged for a close-out, and who gets it. @module */
import { liquidationPenalty, penaltySplit } from '../../risk/index.ts';
import {
  add,
  isZero,
  type Money,
  max,
  min,
  mulDown,
  type Ratio,
  sub,
  sum,
  ZERO_MONEY,
  ZERO_RATIO,
} from '../../units/index.ts';
import { closeOutSettings } from '../close-out-settings.ts';
import type { Event } from '../schema/index.ts';
import { type LiquidationView, type PoolView, poolParameters } from '../state.ts';

/** The penalty on closed notional; none where the account has nothing left. */
export function penaltyEvents(
  state: PoolView,
  input: {
    readonly closeOut: LiquidationView;
    readonly notional: Money;
    readonly penaltyFraction: Ratio;
    /** After the close-out. */
    readonly equity: Money;
  },
): Event[] {
  const { closeOut, notional, penaltyFraction, equity } = input;
  const { keeperShare, burnShare } = poolParameters(state);
  const { provider, providerShare } = closeOutSettings(state);
  const account = state.accounts[closeOut.account]!.id;
  const { liquidation, finder } = closeOut;
  // What the fund has paid into the account is not its own to pay penalties with.
  const own = sub(equity, closeOut.coverPaid);
  const penalty = liquidationPenalty({ notional, penaltyFraction, equity: own });
  if (isZero(penalty)) return [];
  const paid = provider === account ? null : provider;
  const shares = {
    keeperShare,
    burnShare,
    providerShare: paid === null ? ZERO_RATIO : providerShare,
  };
  const split = penaltySplit({
    penalty,
    ...shares,
    foundBy: finder === null ? 'engine' : 'keeper',
  });
  // A finder gets what it is owed, out of the keeper's share; the rest of that is the fund's.
  const keeperReward = min(split.keeperReward, finder?.due ?? ZERO_MONEY);
  const keeper = isZero(keeperReward) ? null : state.accounts[finder!.account]!.id;
  const unpaid = sub(split.keeperReward, keeperReward);
  const charged: Event = {
    type: 'PenaltyCharged',
    liquidation,
    account,
    notional,
    penalty,
    keeperReward,
    keeper,
    // The provider is paid out of what the fund receives.
    insuranceContribution: sum([split.insuranceContribution, split.providerReward, unpaid]),
    burned: split.burned,
  };
  const filled = bufferFilled(state, liquidation, add(split.insuranceContribution, unpaid));
  if (paid === null || isZero(split.providerReward)) return [charged, ...filled];
  const amount = split.providerReward;
  return [charged, { type: 'ProviderPaid', liquidation, provider: paid, amount }, ...filled];
}

/** A part of what the fund keeps of a penalty goes to the buffer, until that is full. */
function bufferFilled(state: PoolView, liquidation: number, contribution: Money): Event[] {
  const { waterfall } = state;
  if (waterfall === null) return [];
  const { bufferMax, bufferShare } = waterfall.parameters;
  const room = max(sub(bufferMax, waterfall.buffer), ZERO_MONEY);
  const amount = min(mulDown(contribution, bufferShare), room);
  return isZero(amount) ? [] : [{ type: 'BufferFilled', liquidation, amount }];
}
