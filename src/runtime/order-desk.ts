/**
 * The order desk: the only code between a pool and its venue. What the pool published becomes
 * requests, what the venue reported becomes commands, exactly once and in an order the pool can
 * take, however late, repeated or disordered the reports come. It decides nothing: a report that
 * the pool has no place for is kept for the operator, never thrown and never guessed at.
 * @module
 */
import type { Command, EventType, JournalRecord, PoolView } from '../engine/index.ts';
import type { Venue, VenueFill, VenueOrder, VenueReport } from '../ports/index.ts';
import { abs, type EngineTimeMs, gte, isNegative, ZERO_MONEY } from '../units/index.ts';
import { anomalyLog, type OrderAnomalies } from './order-desk-anomalies.ts';
import { createReportLedger, type ReportLedger } from './order-desk-ledger.ts';
import type { Submission } from './submission.ts';

export type OrderDesk = {
  /** Passes on what durable records ask of the venue. The same record twice does no harm. */
  readonly observe: (records: readonly JournalRecord[]) => void;
  /**
   * Asks again for everything that is open in the pool, as it must be after a start: what was
   * published before may never have arrived. Only for a state that is durable.
   */
  readonly resume: () => void;
  /**
   * Takes what the venue has reported and submits what follows from it at this time; answers how
   * many reports were settled. Ends when the venue says nothing new.
   */
  readonly work: (time: EngineTimeMs) => number;
  /** What an operator must look at. */
  readonly anomalies: () => OrderAnomalies;
  /** The number of the report that others wait for, or null. */
  readonly missing: () => number | null;
  /** Gives up a report that will never come, so that nothing waits for it any longer. */
  readonly abandon: (sequence: number) => void;
};

export type OrderDeskOptions = {
  readonly venue: Venue;
  /** The pool's state, to read; it moves with every submission. */
  readonly state: PoolView;
  readonly submit: (submission: Submission) => readonly JournalRecord[];
  /** Under which its commands are journaled, and nobody else's. Default `order-desk`. */
  readonly source?: string;
  /**
   * Name of the outside venue that it serves, as the pool's ladder names it; default null, the
   * pool's own book. Every venue has a desk of its own, with a source of its own, and sees the
   * orders that were sent to it alone.
   */
  readonly outside?: string | null;
};

export const ORDER_DESK_SOURCE = 'order-desk';

/** What the functions of one desk have in common. */
type Desk = Required<OrderDeskOptions> & {
  readonly ledger: ReportLedger;
  readonly log: ReturnType<typeof anomalyLog>;
};

export function createOrderDesk(options: OrderDeskOptions): OrderDesk {
  const { source = ORDER_DESK_SOURCE, outside = null, state } = options;
  const ledger = createReportLedger(state.sources.get(source)?.recent ?? []);
  const desk: Desk = { ...options, source, outside, ledger, log: anomalyLog() };
  return {
    observe: (records) => {
      for (const record of records) observe(desk, record);
    },
    resume: () => resume(desk),
    work: (time) => work(desk, time),
    anomalies: desk.log.list,
    missing: ledger.missing,
    abandon: ledger.settle,
  };
}

function observe({ source, outside, venue }: Desk, { envelope, outcome }: JournalRecord): void {
  if (outcome.type === 'Rejected') return;
  const routed = outcome.events.find((event) => event.type === 'OrderRouted');
  const mine = (routed?.type === 'OrderRouted' ? routed.venue : null) === outside;
  let style: VenueOrder['style'] = 'immediate-or-cancel';
  for (const event of outcome.events) {
    if (event.type === 'LiquidationStarted') venue.cancelAll(event.account);
    if (event.type === 'CloseOutPlanned') style = event.orderStyle;
    if (event.type === 'CloseOutOrderPlaced' && mine) {
      const { order, account, market, size, limitPrice, expiresAtMs } = event;
      venue.place({ order, account, market, size, limitPrice, style, expiresAtMs });
    }
    if (event.type === 'OrderCancelRequested') venue.cancel(event.order);
    // What the pool ended by itself must not be filled any more.
    if (event.type === 'OrderFinished' && envelope.source !== source) venue.cancel(event.order);
  }
}

const HEARD: ReadonlySet<EventType> = new Set([
  'LiquidationStarted',
  'CloseOutOrderPlaced',
  'OrderCancelRequested',
  'OrderFinished',
]);

/** True for records that a desk acts upon; it may be given all others too. */
export const isForDesk = ({ outcome }: JournalRecord): boolean =>
  outcome.type === 'Accepted' && outcome.events.some(({ type }) => HEARD.has(type));

/** True for records with which the pool waits for the venue: to be published without delay. */
export const concernsVenue = ({ outcome }: JournalRecord): boolean =>
  outcome.type === 'Accepted' &&
  outcome.events.some(
    ({ type }) => type === 'CloseOutOrderPlaced' || type === 'OrderCancelRequested',
  );

function resume({ outside, state, venue }: Desk): void {
  for (const { account, order: open, orderStyle: style } of state.liquidations.values()) {
    const { id } = state.accounts[account]!;
    venue.cancelAll(id);
    if (open === null || open.venue !== outside) continue;
    const { order, size, limitPrice, expiresAtMs } = open;
    const { market } = state.markets[open.market]!.parameters;
    venue.place({ order, account: id, market, size, limitPrice, style, expiresAtMs });
    if (open.canceling) venue.cancel(order);
  }
}

function work(desk: Desk, time: EngineTimeMs): number {
  const { ledger, venue } = desk;
  let settled = 0;
  for (;;) {
    let fresh = false;
    for (const report of venue.reports()) {
      if (ledger.hear(report)) fresh = true;
    }
    settled += settleWaiting(desk, time);
    if (!fresh) return settled;
  }
}

/** Settles every waiting report whose turn has come; one may make room for the next. */
function settleWaiting(desk: Desk, time: EngineTimeMs): number {
  const { ledger } = desk;
  let settled = 0;
  for (let before = -1; before < settled; ) {
    before = settled;
    for (const report of ledger.ready()) {
      if (!isComplete(desk, report)) continue;
      ledger.settle(report.sequence);
      const command = commandOf(desk, report);
      if (command !== null) submit(desk, report, command, time);
      settled += 1;
    }
  }
  return settled;
}

type OpenOrder = NonNullable<
  PoolView['liquidations'] extends ReadonlyMap<number, infer L extends { readonly order: unknown }>
    ? L['order']
    : never
>;

function openOrder({ state }: Desk, order: number): OpenOrder | null {
  const liquidation = state.orders.get(order);
  return liquidation === undefined ? null : state.liquidations.get(liquidation)!.order;
}

/** The end of an order waits for its fills: all are in the pool, or none can still come. */
function isComplete(desk: Desk, report: VenueReport): boolean {
  if (report.type === 'filled') return true;
  const open = openOrder(desk, report.order);
  if (open === null || gte(abs(open.filled), report.filled)) return true;
  return desk.ledger.isNext(report.sequence);
}

/** What a report means to the pool; null where it changes nothing there. */
function commandOf(desk: Desk, report: VenueReport): Command | null {
  const open = openOrder(desk, report.order);
  if (report.type === 'filled') {
    if (open !== null) return fillCommand(desk.state, report, open);
    desk.log.add({ type: 'late-fill', report, rejection: null });
    return null;
  }
  if (open === null) return null;
  // Still open although the venue filled it: a fill was refused. It will not come again.
  const reason = report.reason === 'filled' ? 'expired' : report.reason;
  return { type: 'FinishOrder', order: report.order, reason };
}

function fillCommand(state: PoolView, fill: VenueFill, open: OpenOrder): Command {
  const { account } = state.liquidations.get(state.orders.get(fill.order)!)!;
  const { id } = state.accounts[account]!;
  const sells = isNegative(open.size);
  return {
    type: 'RecordFill',
    market: state.markets[open.market]!.parameters.market,
    buyer: sells ? fill.counterparty : id,
    seller: sells ? id : fill.counterparty,
    size: fill.size,
    price: fill.price,
    buyerFee: ZERO_MONEY,
    sellerFee: ZERO_MONEY,
    order: fill.order,
  };
}

function submit(desk: Desk, report: VenueReport, command: Command, time: EngineTimeMs): void {
  const { log, source } = desk;
  // The venue's number is the command's: what was taken before a restart is recognized after it.
  const [record] = desk.submit({ source, sourceSeq: report.sequence, command, time });
  const { outcome } = record!;
  if (outcome.type === 'Accepted' || outcome.rejection.code === 'DUPLICATE_COMMAND') return;
  log.add({ type: 'refused', report, rejection: outcome.rejection });
}
