/** What each layer beside the insurance fund received and paid, from the events alone. @module */
import type { Event, PoolView } from '../engine/index.ts';
import { add, formatDecimal, type Money, sub, ZERO_MONEY } from '../units/index.ts';

type Layer = {
  /** Capital that came in: deposits less exits, or what penalties filled it with. */
  received: Money;
  premiums: Money;
  /** Paid into accounts in liquidation, and taken back. */
  paid: Money;
  repaid: Money;
};

export type LayerTallies = { readonly buffer: Layer; readonly tranches: Map<string, Layer> };

/** One layer from the start to the end; money as decimal strings. */
export type LayerResult = {
  readonly received: string;
  readonly premiums: string;
  readonly paid: string;
  readonly repaid: string;
  readonly end: string;
};

export type WaterfallResult = {
  readonly buffer: LayerResult;
  /** In the order in which they pay. */
  readonly tranches: readonly (LayerResult & { readonly tranche: string })[];
};

const emptyLayer = (): Layer => ({
  received: ZERO_MONEY,
  premiums: ZERO_MONEY,
  paid: ZERO_MONEY,
  repaid: ZERO_MONEY,
});

export const createLayerTallies = (): LayerTallies => ({
  buffer: emptyLayer(),
  tranches: new Map(),
});

export function foldLayer({ buffer, tranches }: LayerTallies, event: Event): void {
  const trancheOf = (name: string): Layer => {
    const layer = tranches.get(name) ?? emptyLayer();
    tranches.set(name, layer);
    return layer;
  };
  switch (event.type) {
    case 'BufferFilled':
      buffer.received = add(buffer.received, event.amount);
      return;
    case 'BufferPaid':
      buffer.paid = add(buffer.paid, event.amount);
      return;
    case 'BufferRepaid':
      buffer.repaid = add(buffer.repaid, event.amount);
      return;
    case 'TrancheDeposited':
    case 'TrancheRedeemed': {
      const layer = trancheOf(event.tranche);
      const move = event.type === 'TrancheDeposited' ? add : sub;
      layer.received = move(layer.received, event.amount);
      return;
    }
    case 'PremiumPaid':
    case 'TranchePaid':
    case 'TrancheRepaid': {
      const layer = trancheOf(event.tranche);
      const key = PARTS[event.type];
      layer[key] = add(layer[key], event.amount);
      return;
    }
    default:
  }
}

const PARTS = { PremiumPaid: 'premiums', TranchePaid: 'paid', TrancheRepaid: 'repaid' } as const;

/** Null where the pool has no waterfall. */
export function waterfallView(tallies: LayerTallies, state: PoolView): WaterfallResult | null {
  const { waterfall } = state;
  if (waterfall === null) return null;
  return {
    buffer: layerView(tallies.buffer, waterfall.buffer),
    tranches: waterfall.tranches.map(({ tranche, capital }) => {
      const layer = tallies.tranches.get(tranche) ?? emptyLayer();
      return { tranche, ...layerView(layer, capital) };
    }),
  };
}

const layerView = ({ received, premiums, paid, repaid }: Layer, end: Money): LayerResult => ({
  received: formatDecimal(received),
  premiums: formatDecimal(premiums),
  paid: formatDecimal(paid),
  repaid: formatDecimal(repaid),
  end: formatDecimal(end),
});
