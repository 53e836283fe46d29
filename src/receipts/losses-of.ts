/**
 * The losses that a journal tells of, in one pass over it: for every event that moved one, who
 * bore what, to the unit; and of every deleveraging how it treated those who stood against it.
 * @module
 */
import {
  accountMargin,
  type Event,
  type EventOf,
  legsBySize,
  type PoolView,
  plannedDeleveraging,
} from '../engine/index.ts';
import type { Journal } from '../ports/index.ts';
import { type AdlMetrics, adlMetrics, fillValue } from '../risk/index.ts';
import { followJournal } from '../runtime/index.ts';
import {
  type AccountId,
  abs,
  type EngineTimeMs,
  isNegative,
  isPositive,
  isZero,
  type MarketId,
  type Money,
  max,
  min,
  neg,
  type Price,
  portionDown,
  type Size,
  sub,
  sum,
  withSign,
  ZERO_MONEY,
  ZERO_SIZE,
} from '../units/index.ts';
import { bearersOf, type LossRow, spreadRows } from './loss-rows.ts';

export type Deleveraging = {
  readonly market: MarketId;
  readonly policy: EventOf<'PositionsDeleveraged'>['policy'];
  /** Who could have been asked, and who was. */
  readonly candidates: number;
  readonly asked: number;
  readonly markPrice: Price;
  /** Contracts closed, and what their holders gave up against the mark. */
  readonly closed: Size;
  readonly taken: Money;
  /** Part of the gap that their profits could not bear. */
  readonly residualLoss: Money;
  readonly metrics: AdlMetrics;
};

export type LossEntry = {
  readonly seq: number;
  readonly timeMs: EngineTimeMs;
  /** Null where the fund repays what nobody had borne: that is nobody's liquidation. */
  readonly liquidation: number | null;
  readonly account: AccountId | null;
  readonly event: Event['type'];
  /** Positive who bears; they sum to zero. */
  readonly rows: readonly LossRow[];
  /** Of an auto-deleveraging, whether it took anything or not. */
  readonly deleveraging: Deleveraging | null;
};

export type LossesOptions = {
  /** Called after each commit that was read. */
  readonly onProgress?: ((progress: { readonly seq: number }) => void) | undefined;
};

/**
 * In the order of the journal; repayments with the opposite sign.
 *
 * @throws JOURNAL_CORRUPT where the journal contradicts itself.
 * Cost: one fold of the journal, and per deleveraging the accounts of the pool.
 */
export async function* lossesOf(
  journal: Journal,
  { onProgress }: LossesOptions = {},
): AsyncGenerator<LossEntry, void> {
  const found: LossEntry[] = [];
  const visitor = {
    before: (state: PoolView, { seq, time: timeMs, outcome }: Parameters<Before>[1]) => {
      if (outcome.type === 'Rejected') return;
      for (const event of outcome.events) {
        const entry = entryOf(state, event);
        if (entry !== null) found.push({ seq, timeMs, ...entry });
      }
    },
    after: () => {},
  };
  for await (const { seq } of followJournal({ journal, visitor })) {
    onProgress?.({ seq });
    yield* found.splice(0);
  }
}

type Before = Parameters<typeof followJournal>[0]['visitor']['before'];

function entryOf(state: PoolView, event: Event): Omit<LossEntry, 'seq' | 'timeMs'> | null {
  const borne = event.type === 'LossSpread' ? spreadRows(state, event) : bearersOf(event);
  if (borne === null) return null;
  const liquidation = 'liquidation' in event ? event.liquidation : null;
  if (liquidation === null) {
    return { liquidation, account: null, event: event.type, rows: borne, deleveraging: null };
  }
  const running = state.liquidations.get(liquidation);
  if (running === undefined) return null;
  const account = state.accounts[running.account]!.id;
  const relieved = neg(sum(borne.map(({ amount }) => amount)));
  const bankrupt = { layer: 'bankrupt', account, amount: relieved } as const;
  const rows = [...borne, bankrupt].filter(({ amount }) => !isZero(amount));
  const deleveraging =
    event.type === 'PositionsDeleveraged' ? deleveragingOf(state, event, account) : null;
  if (rows.length === 0 && deleveraging === null) return null;
  return { liquidation, account, event: event.type, rows, deleveraging };
}

/** Against all who could have been asked, as the event found them. */
function deleveragingOf(
  state: PoolView,
  event: EventOf<'PositionsDeleveraged'>,
  id: AccountId,
): Deleveraging {
  const account = state.accounts[state.numbers.accounts.get(id)!]!;
  const leg = legsBySize(state, account)[0]!;
  const margin = accountMargin(state, account);
  const { candidates } = plannedDeleveraging(state, { account, leg, margin });
  const asked = new Map(event.counterparties.map((entry) => [entry.change.account, entry]));
  const eligible = candidates.filter(({ equity }) => isPositive(equity));
  const entries = eligible.map((candidate) => asked.get(candidate.account));
  const { kind } = leg.market.parameters;
  const side = isPositive(leg.position.size) ? -1 : 1;
  return {
    market: event.market,
    policy: event.policy,
    markPrice: event.markPrice,
    closed: abs(event.liquidated.sizeDelta),
    taken: sum(event.counterparties.map((entry) => entry.taken)),
    candidates: eligible.length,
    asked: event.counterparties.length,
    residualLoss: event.residualLoss,
    metrics: adlMetrics({
      market: { kind, side, markPrice: event.markPrice },
      budget: neededBudget(event, {
        leg,
        equity: margin.equity,
        candidates,
      }),
      candidates: eligible,
      closed: entries.map((entry) => (entry ? abs(entry.change.sizeDelta) : ZERO_SIZE)),
      taken: entries.map((entry) => entry?.taken ?? ZERO_MONEY),
    }),
  };
}

type Closing = {
  readonly leg: ReturnType<typeof legsBySize>[number];
  readonly equity: Money;
  readonly candidates: ReturnType<typeof plannedDeleveraging>['candidates'];
};

/**
 * What the close had to raise, worked out from the quote and the mark and not from what was taken:
 * the gap of what could be closed, and of that the part that was. Nothing for who has equity.
 */
function neededBudget(
  { bankruptcyQuote, markPrice, liquidated }: EventOf<'PositionsDeleveraged'>,
  { leg, equity, candidates }: Closing,
): Money {
  if (!isNegative(equity)) return ZERO_MONEY;
  const { size } = leg.position;
  const quantity = min(abs(size), sum(candidates.map((candidate) => candidate.size)));
  const { kind } = leg.market.parameters;
  const given = withSign(quantity, isPositive(size) ? 1 : -1);
  // Selling what was held at the mark: down, as every fill of it is valued.
  const worth = neg(fillValue({ kind, size: neg(given), price: markPrice }));
  const gap = max(sub(bankruptcyQuote, worth), ZERO_MONEY);
  return portionDown(gap, abs(liquidated.sizeDelta), quantity);
}
