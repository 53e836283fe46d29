/** The steps of a liquidation, a line for each thing that happened. @module */
import { fine, money } from './receipt-numbers.ts';
import type { EventView, ReceiptView, StepView } from './receipt-view.ts';

export const stepRows = ({ steps }: ReceiptView): string[][] =>
  steps.flatMap((step) => {
    const lines = [
      ...step.events.flatMap((event) => told(event, step)),
      ...step.changes.map(({ event }): Line => ['position changed', `by ${event} elsewhere`]),
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
    case 'PositionsDeleveraged':
      return deleveraged(step);
    default:
      return ending(event);
  }
}

function ending(event: EventView): Line[] {
  switch (event.type) {
    case 'DeficitCovered':
      return [['fund paid in', money(text(event, 'paid'))]];
    case 'CoverRepaid':
      return [['fund repaid', money(text(event, 'amount'))]];
    case 'ProviderPaid':
      return [['provider paid', `${money(text(event, 'amount'))} to ${text(event, 'provider')}`]];
    case 'CollateralConverted': {
      const sold = `${fine(text(event, 'amount'))} ${text(event, 'asset')}`;
      return [['collateral sold', `${sold} for ${money(text(event, 'proceeds'))}`]];
    }
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
