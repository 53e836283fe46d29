/** The ways out that a liquidation tried: what each would have cost, why it was left. @module */
import { fine, money } from './receipt-numbers.ts';
import type { EventView, ReceiptView, StepView } from './receipt-view.ts';
import { textTable } from './text-table.ts';

type Estimate = {
  readonly method: string;
  readonly venue: string | null;
  readonly expectedCost: string | null;
  readonly expectedMs: number;
};

/** A way by its name: an outside one by its venue too. */
export const wayName = (way: { readonly method: unknown; readonly venue: unknown }): string =>
  way.venue === null ? `${way.method}` : `${way.method} ${way.venue}`;

type Placed = { readonly step: StepView; readonly event: EventView };

const eventsOf = ({ steps }: ReceiptView, types: readonly string[]): Placed[] =>
  steps.flatMap((step) =>
    step.events.filter(({ type }) => types.includes(type)).map((event) => ({ step, event })),
  );

/** Null where there was no ladder. */
export function routes(view: ReceiptView): string | null {
  const rows: string[][] = [];
  for (const { step, event } of eventsOf(view, ['RouteChosen', 'RouteLeft', 'TakeoverDecided'])) {
    if (event.type === 'RouteChosen') rows.push(...choiceRows(step, event));
    else rows.push([`${step.seq}`, leaving(event), '', '', '']);
  }
  if (!rows.some(([, , , cost]) => cost !== '')) return null;
  const head = ['record', 'what', 'way', 'expected cost', 'in'];
  return textTable(head, rows, ['right', 'left', 'left', 'right', 'right']);
}

function choiceRows(step: StepView, event: EventView): string[][] {
  const estimates = event['routes'] as readonly Estimate[];
  const first = event['choice'] === 'cheapest' ? 'cheapest open way' : 'first open way';
  return estimates.map((estimate, place) => [
    place === 0 ? `${step.seq}` : '',
    place === 0 ? first : '',
    `${wayName(estimate)}${place === event['route'] ? ' ←' : ''}`,
    estimate.expectedCost === null ? 'not open' : money(estimate.expectedCost),
    estimate.expectedCost === null ? '' : `${fine(`${estimate.expectedMs / 1000}`)} s`,
  ]);
}

const leaving = (event: EventView): string => {
  const reason = String(event['reason']).replaceAll('-', ' ');
  if (event.type === 'TakeoverDecided') return `no way left: ${reason}`;
  return `left ${wayName({ method: event['method'], venue: event['venue'] })}: ${reason}`;
};
