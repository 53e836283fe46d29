/** The steps of a liquidation, a line for each thing that happened. @module */
import { fine, money } from './receipt-numbers.ts';
import { wayName } from './receipt-routes.ts';
import type { EventView, ReceiptView, StepView } from './receipt-view.ts';

export const stepRows = ({ steps }: ReceiptView): string[][] =>
  steps.flatMap((step) => {
    const lines = [
      ...step.heldBack.map(heldLine),
      ...step.events.flatMap((event) => told(event, step)),
      ...step.changes.map(({ event }): Line => ['position changed', `by ${event} elsewhere`]),
      ...step.payments.map(({ event, amount }): Line => ['received', `${money(amount)}, ${event}`]),
    ];
    return lines.map(([what, facts], at) => {
      const first = at === 0;
      return [first ? `${step.seq}` : '', first ? clock(step.time) : '', what, facts];
    });
  });

type Line = readonly [what: string, facts: string];

/** Time of the day; the header has the date. */
const clock = (time: string | null): string => time?.slice(11, 23) ?? '';

const text = (event: EventView, field: string): string => String(event[field]);

function told(event: EventView, step: StepView): Line[] {
  switch (event.type) {
    case 'LiquidationStarted':
      return [['liquidation began', `equity ${money(text(event, 'equity'))}`]];
    case 'CloseOutPlanned':
      return [];
    case 'CloseOutOrderPlaced':
      return [['order placed', orderText(event)]];
    case 'FillRecorded':
      return step.fills.map(({ size, market, price, counterparty, costAgainstMark }) => {
        const trade = `${side(size)} ${market} at ${fine(price)} with ${counterparty}`;
        return ['filled', `${trade}; ${money(costAgainstMark)} against the mark`];
      });
    case 'PenaltyCharged':
      return [['penalty', `${money(text(event, 'penalty'))} on ${money(text(event, 'notional'))}`]];
    case 'OrderFinished':
      return [
        ['order ended', `${text(event, 'reason')}, ${fine(text(event, 'unfilled'))} unfilled`],
      ];
    case 'OrderCancelRequested':
      return [['order called back', text(event, 'reason').replaceAll('-', ' ')]];
    case 'CloseOutDeferred':
      return [['put off', deferral(step)]];
    case 'TakeoverDecided':
      return [['left the book', text(event, 'reason').replaceAll('-', ' ')]];
    case 'HedgesOverridden':
      return [['hedges given up', `nobody can keep theirs for ${text(event, 'market')}`]];
    case 'PositionsDeleveraged':
      return deleveraged(step);
    case 'AuctionTaken': {
      const paid = `${money(text(event, 'payment'))} paid by ${text(event, 'bidder')}`;
      return [...step.takes.map(takeLine), ['bid filled', paid]];
    }
    case 'LiquidatedDirectly':
    case 'ClosedByAmm':
    case 'AccountTakenOver':
      return step.takes.map(takeLine);
    default:
      return ofWays(event) ?? atDesks(event) ?? betweenPools(event) ?? ending(event);
  }
}

/** While it is behind, health is reckoned at the mark that the guard allows. */
const heldLine = ({ market, mark, unboundMark }: StepView['heldBack'][number]): Line => [
  'mark held back',
  `${market} at ${fine(mark)}, reported ${fine(unboundMark)}`,
];

const METHODS: { readonly [method: string]: string } = {
  direct: 'taken over',
  amm: 'market maker',
  auction: 'auctioned',
  backstop: 'vault took over',
};

type TakeView = StepView['takes'][number];

function takeLine({ method, by, market, size, price, costAgainstMark }: TakeView): Line {
  const at = price === null ? '' : ` at ${fine(price)}`;
  const trade = `${side(size)} ${market}${at} to ${by}`;
  const verb = size.startsWith('-') ? trade : trade.replace(` to ${by}`, ` from ${by}`);
  return [METHODS[method] ?? method, `${verb}; ${money(costAgainstMark)} against the mark`];
}

/** Along the ladder, and around the right to be first; null for everything else. */
function ofWays(event: EventView): Line[] | null {
  const way = () => wayName({ method: event['method'], venue: event['venue'] });
  switch (event.type) {
    case 'RouteChosen': {
      const chosen = (event['routes'] as { method: string; venue: string | null }[])[
        Number(event['route'])
      ]!;
      return [
        ['way chosen', `${wayName(chosen)}, until ${clockOf(event['untilMs'])} at the latest`],
      ];
    }
    case 'RoutingConfigured':
      return [['ladder changed', 'every way of it may be tried']];
    case 'RouteLeft':
      return [['way left', `${way()}: ${text(event, 'reason').replaceAll('-', ' ')}`]];
    case 'OrderRouted':
      return [['order sent', `to ${text(event, 'venue')}`]];
    case 'FinderNamed':
      return [['found by', `${text(event, 'finder')}, at most ${money(text(event, 'due'))} due`]];
    case 'PriorityOpened':
      return [['bids invited', `to be first, until ${clockOf(event['untilMs'])}`]];
    case 'PriorityBidPlaced':
      return [['bid', `${money(text(event, 'amount'))} by ${text(event, 'bidder')}`]];
    case 'PriorityAwarded':
      return [['right awarded', awardText(event)]];
    default:
      return null;
  }
}

const clockOf = (timeMs: unknown): string => clock(isoTimeOf(Number(timeMs)));

/** Null beyond the calendar. */
const isoTimeOf = (timeMs: number): string | null =>
  Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : null;

function awardText(event: EventView): string {
  if (event['winner'] === null) return 'to nobody: open to all';
  const paid = `${money(text(event, 'payment'))} paid`;
  const here = money(text(event, 'accountProceeds'));
  return `to ${text(event, 'winner')}, ${paid}, ${here} of it here`;
}

/** Debts to desks and claims on them; null for everything else. */
function atDesks(event: EventView): Line[] | null {
  const units = () => `${fine(text(event, 'amount'))} ${text(event, 'asset')}`;
  switch (event.type) {
    case 'DebtRepaid': {
      const payer = event['payer'] === null ? '' : ` by ${text(event, 'payer')}`;
      return [['debt repaid', `${units()}${payer}${priced(event)}`]];
    }
    case 'DebtAssumed':
      return [['debt assumed', `${units()} by ${text(event, 'debtor')}${priced(event)}`]];
    case 'DebtRepaidDirectly': {
      const repaid = `${fine(text(event, 'amount'))} ${text(event, 'debtAsset')}`;
      const seized = `${fine(text(event, 'seized'))} ${text(event, 'collateralAsset')}`;
      return [['debt repaid', `${repaid} by ${text(event, 'liquidator')} for ${seized}`]];
    }
    case 'Repaid':
      return [['debt repaid', `${units()} by its owner`]];
    case 'SupplyReleased':
      return [['claim paid out', units()]];
    case 'SupplyConverted':
      return [['claim sold', `${units()} for ${money(text(event, 'proceeds'))}`]];
    default:
      return null;
  }
}

const priced = (event: EventView): string =>
  text(event, 'value') === '0' ? '' : ` for ${money(text(event, 'value'))}`;

/** What other pools sent, or sent back; null for everything else. */
function betweenPools(event: EventView): Line[] | null {
  const units = () => `${fine(text(event, 'amount'))} ${text(event, 'asset')}`;
  switch (event.type) {
    case 'TransferReceived':
      return [[`${text(event, 'purpose')} arrived`, `${units()} from ${text(event, 'fromPool')}`]];
    case 'TransferReturned':
      return [['came back', `${units()}, refused by ${text(event, 'toPool')}`]];
    default:
      return null;
  }
}

function ending(event: EventView): Line[] {
  switch (event.type) {
    case 'DeficitCovered':
      return [['fund paid in', money(text(event, 'paid'))]];
    case 'BufferPaid':
      return [['buffer paid in', money(text(event, 'amount'))]];
    case 'TranchePaid':
      return [[`${text(event, 'tranche')} paid in`, money(text(event, 'amount'))]];
    case 'BufferRepaid':
      return [['buffer repaid', money(text(event, 'amount'))]];
    case 'TrancheRepaid':
      return [[`${text(event, 'tranche')} repaid`, money(text(event, 'amount'))]];
    case 'BufferFilled':
      return [['of it to the buffer', money(text(event, 'amount'))]];
    case 'CoverRepaid':
      return [['fund repaid', money(text(event, 'amount'))]];
    case 'ProviderPaid':
      return [['provider paid', `${money(text(event, 'amount'))} to ${text(event, 'provider')}`]];
    case 'CollateralConverted': {
      const sold = `${fine(text(event, 'amount'))} ${text(event, 'asset')}`;
      return [['collateral sold', `${sold} for ${money(text(event, 'proceeds'))}`]];
    }
    case 'LossSpread':
      return [['open interest took on', money(text(event, 'amount'))]];
    case 'BadDebtSettled':
      return [['bad debt settled', money(text(event, 'badDebt'))]];
    case 'LiquidationEnded':
      return [['liquidation ended', text(event, 'outcome')]];
    default:
      return [[event.type, '']];
  }
}

const side = (size: string): string =>
  size.startsWith('-') ? `sold ${fine(size.slice(1))}` : `bought ${fine(size)}`;

function orderText(event: EventView): string {
  const size = text(event, 'size');
  const verb = size.startsWith('-') ? `sell ${fine(size.slice(1))}` : `buy ${fine(size)}`;
  return `${verb} ${text(event, 'market')} at ${fine(text(event, 'limitPrice'))} or better`;
}

/** Which legs had no room, and why. */
function deferral({ plan }: StepView): string {
  const legs = plan?.legs ?? [];
  return legs.map((leg) => `${leg.market}: ${leg.closableBecause.replaceAll('-', ' ')}`).join('; ');
}

function deleveraged({ deleveraging }: StepView): Line[] {
  if (deleveraging === null) return [];
  const { size, market, markPrice, counterparties, taken } = deleveraging;
  const count = counterparties.length;
  const against = `${side(size)} ${market} at ${fine(markPrice)} against ${count} accounts`;
  return [['deleveraged', `${against}; ${money(taken)} taken from their profits`]];
}
