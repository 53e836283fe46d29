/**
 * What every way out of an account in liquidation answers: whether it is open and at what cost,
 * and whether its next step is due. How a step is decided is in `decide/routes/`.
 * @module
 */
import type { MarginSummary } from '../../risk/index.ts';
import type { Money } from '../../units/index.ts';
import type { EventOf, RouteParameters } from '../schema/index.ts';
import type { AccountView, LiquidationView, PoolView } from '../state.ts';

export type RouteMethod = RouteParameters['method'];
export type RouteLeftReason = EventOf<'RouteLeft'>['reason'];

/** A running liquidation with its account as it stands. */
export type RouteMoment = {
  readonly liquidation: LiquidationView;
  readonly account: AccountView;
  readonly margin: MarginSummary;
};

/** What a way could do now. */
export type RouteOffer = {
  /** Closed, sold or passed on, at the mark. */
  readonly notional: Money;
  /** What the account would give up against the mark, penalty included; what is known of it. */
  readonly priceCost: Money;
  /** Taken only where no other way is open. */
  readonly lastResort?: boolean;
};

/** `act`: a step is due. `wait`: for somebody outside, or for time. Else why it is over. */
export type RouteProgress = 'act' | 'wait' | RouteLeftReason;

export type Route = {
  /** Null where it is not open for this account now. */
  readonly offer: (
    state: PoolView,
    moment: RouteMoment,
    parameters: RouteParameters,
  ) => RouteOffer | null;
  readonly progress: (state: PoolView, moment: RouteMoment) => RouteProgress;
};
