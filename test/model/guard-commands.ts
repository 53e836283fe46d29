/**
 * Depth as books show it, gates set by hand, and changes of what close-outs rest on.
 * @module
 */
import { randomBreakers, randomCloseOuts, randomLiquidity } from './close-out-setups.ts';
import { ONE } from './integers.ts';
import type { Gate, Ledger, Level, MarketLedger, ModelCommand } from './ledger.ts';
import { oldestMsOf, randomGuards } from './price-guard-setups.ts';
import { jittered, type Stage } from './stage.ts';

/** A book around where the price has wandered: full, thin, or empty on one side. */
export function depthCommand(stage: Stage, ledger: Ledger): ModelCommand | null {
  const { random, time } = stage;
  if (ledger.markets.length === 0) return null;
  const market = random.pick(ledger.markets);
  const { walk } = stage;
  const { market: id, index } = market.parameters;
  const center = jittered(stage, market.mark ?? walk.get(index) ?? ONE, 0.3);
  const money = random.chance(80) ? random.pick([20, 80, 400]) : random.pick([0.2, 2]);
  const timeMs = time - (random.chance(80) ? 0 : Math.min(time, random.below(3_000)));
  const bids = sideOf(stage, market, { center, money, direction: -1n });
  const asks = sideOf(stage, market, { center, money, direction: 1n });
  return { type: 'ReportDepth', market: id, timeMs, bids, asks };
}

function sideOf(
  { random }: Stage,
  { parameters }: MarketLedger,
  input: { center: bigint; money: number; direction: bigint },
): Level[] {
  const { center, money, direction } = input;
  const count = random.chance(6) ? 0 : random.between(1, random.chance(95) ? 6 : 16);
  const step = (center * random.quantity(0.0001, 0.004)) / ONE + 1n;
  const prices = Array.from(
    { length: count },
    (_, at) => center + direction * step * BigInt(at + 1),
  );
  return prices
    .filter((price) => price > 0n)
    .map((price): Level => {
      const worth = random.quantity(money / 4, money);
      const size = parameters.kind === 'linear' ? (worth * ONE) / price : (worth * price) / ONE;
      return { price, size: size + 1n };
    });
}

/** Closes a gate for a while, or opens one. */
export function gateCommand({ random, time }: Stage, ledger: Ledger): ModelCommand {
  // Most often where an order is open.
  const ordered = ledger.liquidations.flatMap(({ order }) => (order === null ? [] : order.market));
  const known = ledger.markets.map(({ parameters }) => parameters.market);
  const places = ordered.length > 0 && random.chance(60) ? ordered : known;
  const market = random.chance(30) || places.length === 0 ? null : random.pick(places);
  const gates: readonly Gate[] = ['liquidations', 'close-outs', 'takes', 'withdrawals'];
  const gate = random.pick(market === null || random.chance(4) ? gates : gates.slice(0, 3));
  const place =
    market === null
      ? ledger
      : ledger.markets.find((entry) => {
          return entry.parameters.market === market;
        })!;
  const closed = !place.gates.some((entry) => entry.gate === gate) || random.chance(30);
  const lasting = !closed || random.chance(15);
  const untilMs = lasting ? null : time + random.between(1, random.pick([300, 4_000]));
  return { type: 'SetGate', market, gate, closed, untilMs, reason: 'a test' };
}

/** Close-outs, liquidity and breakers change under running liquidations. */
export function retuningCommand({ random }: Stage, ledger: Ledger): ModelCommand | null {
  const { pool, markets } = ledger;
  if (pool === null) return null;
  if (random.chance(40) || markets.length === 0) {
    const parameters = randomCloseOuts(
      random,
      pool,
      ledger.accounts.map(({ id }) => id),
    );
    return { type: 'ConfigureCloseOuts', parameters };
  }
  const picked = random.pick(markets);
  const { parameters, liquidity } = picked;
  const { market } = parameters;
  if (random.chance(40)) {
    const indexes = ledger.indexes.map((index) => index.parameters);
    const guards = randomGuards(random, { market, oldestMs: oldestMsOf(picked, indexes) });
    return { type: 'ConfigurePriceGuards', parameters: guards };
  }
  if (random.chance(60)) {
    return { type: 'ConfigureLiquidity', parameters: randomLiquidity(random, market) };
  }
  const measured = liquidity !== null;
  return { type: 'ConfigureBreakers', parameters: randomBreakers(random, { market, measured }) };
}
