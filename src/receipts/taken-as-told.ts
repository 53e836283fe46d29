/**
 * What of a step rests on facts of others that a receipt does not hold: it cannot be decided
 * again from the receipt alone, and is vouched for by the journal.
 * @module
 */
import type { PoolView } from '../engine/index.ts';
import type { OwnEvent } from './own-event.ts';
import { OWN_ACCOUNT, type Whose } from './pool-of-moment.ts';
import type { StepFacts } from './receipt-facts.ts';

export type Told =
  /** The whole step: what is done is applied, and that it was to be done is told. */
  | 'decision'
  /** Who was on the other side, and that it could afford it. */
  | 'counterparty'
  /** Who was deleveraged against the account, and what each gave. */
  | 'deleveraged-accounts'
  /** Whose profits bore a loss. */
  | 'bearers-of-the-loss'
  /** Who bid how much, and could pay it. */
  | 'bids';

const OF_EVENTS: { readonly [T in OwnEvent['type']]?: Told } = {
  FillRecorded: 'counterparty',
  LiquidatedDirectly: 'counterparty',
  DebtRepaidDirectly: 'counterparty',
  CollateralConverted: 'counterparty',
  FinderNamed: 'counterparty',
  HedgesOverridden: 'deleveraged-accounts',
  PositionsDeleveraged: 'deleveraged-accounts',
  BadDebtSettled: 'bearers-of-the-loss',
  PriorityBidPlaced: 'bids',
  PriorityAwarded: 'bids',
  AuctionTaken: 'decision',
};

/** In the order of the events. */
export function takenAsTold(state: PoolView, step: StepFacts, { liquidation }: Whose): Told[] {
  const told = new Set<Told>();
  const running = state.liquidations.get(liquidation);
  if (running !== undefined && step.command === 'StepLiquidation' && restsOnOthers(state, step)) {
    told.add('decision');
  }
  for (const { type } of step.events) {
    const what = OF_EVENTS[type];
    if (what !== undefined) told.add(what);
  }
  return [...told];
}

/** Ways whose offers rest on what somebody else has: its inventory, its margin, its room. */
const OF_OTHERS: ReadonlySet<string> = new Set(['amm', 'backstop']);

function restsOnOthers(state: PoolView, step: StepFacts): boolean {
  const offered = state.routing?.routes.some(({ method }) => OF_OTHERS.has(method)) ?? false;
  return step.events.some((event) => isOfOthers(event, offered)) || closesDebts(state, step);
}

function isOfOthers(event: OwnEvent, offered: boolean): boolean {
  switch (event.type) {
    case 'RouteChosen':
      return offered;
    case 'TakeoverDecided':
      return offered && event.reason === 'routes-exhausted';
    case 'RouteLeft':
      return OF_OTHERS.has(event.method);
    case 'ClosedByAmm':
    case 'AccountTakenOver':
      return true;
    default:
      return false;
  }
}

/** Desks and the house have a part in it: what they hold is not the account's business. */
function closesDebts(state: PoolView, { events }: StepFacts): boolean {
  const { debts, supplies, positions } = state.accounts[OWN_ACCOUNT]!;
  if (debts.length + supplies.length === 0) return false;
  const ends = events.some(({ type }) => type === 'LiquidationEnded');
  return positions.length === 0 ? !ends : events.some(({ type }) => SELLS.has(type));
}

/** Before a deficit is covered or an account taken over, whatever can be sold is sold. */
const SELLS: ReadonlySet<OwnEvent['type']> = new Set([
  'CollateralConverted',
  'SupplyReleased',
  'SupplyConverted',
  'BufferPaid',
  'DeficitCovered',
  'TranchePaid',
  'TakeoverDecided',
]);
