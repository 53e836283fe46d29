/**
 * Reports of prices as the world makes them: small steps, gaps, silence, late and lying sources.
 * @module
 */
import { larger, ONE, smaller } from './integers.ts';
import type { Ledger, ModelCommand, ModelCommandOf } from './ledger.ts';
import { jittered, type Stage } from './stage.ts';

type Reports = ModelCommandOf<'ReportPrices'>;

export function priceCommand(stage: Stage, ledger: Ledger): ModelCommand {
  const { random } = stage;
  for (const { parameters } of ledger.indexes) {
    if (random.chance(80)) wander(stage, parameters.index);
  }
  const quiet = random.chance(6);
  return {
    type: 'ReportPrices',
    indexes: quiet ? [] : indexReports(stage, ledger),
    books: quiet && random.chance(50) ? [] : bookReports(stage, ledger),
    outside: outsideReports(stage, ledger),
  };
}

/** One move of an index, within a factor of thirty of where it began. */
function wander(stage: Stage, index: string): void {
  const { random, walk, world } = stage;
  const base = BigInt(Math.round((world.basePrices.get(index) ?? 1) * 1e9)) * 1_000_000_000n;
  const now = walk.get(index) ?? base;
  const widths = world.calm ? [0.6, 2, 5, 25] : [1, 4, 20, 70];
  const width = random.chance(60) ? 0 : random.chance(75) ? 1 : random.chance(75) ? 2 : 3;
  const moved = jittered(stage, now, widths[width]!);
  walk.set(index, larger(base / 30n, smaller(moved, base * 30n)));
}

function indexReports(stage: Stage, ledger: Ledger): Reports['indexes'] {
  const { random, walk, time } = stage;
  return ledger.indexes.flatMap(({ parameters: { index, sources } }) => {
    const center = walk.get(index) ?? ONE;
    return sources.flatMap(({ source }) => {
      if (random.chance(8)) return [];
      const lies = random.chance(4);
      const value = lies ? jittered(stage, center, 60) : jittered(stage, center, 0.2);
      const price = random.chance(1) ? -value : value;
      const confidence = random.chance(70) ? null : random.quantity(0, 0.025);
      return [{ index, source, price, timeMs: time - lag(stage), confidence }];
    });
  });
}

function lag({ random, time }: Stage): number {
  return Math.min(time, random.chance(85) ? random.below(3) : random.below(4_000));
}

function bookReports(stage: Stage, ledger: Ledger): Reports['books'] {
  const { random, walk, time } = stage;
  return ledger.markets.flatMap(({ parameters: { market, index } }) => {
    if (random.chance(15)) return [];
    const middle = jittered(stage, walk.get(index) ?? ONE, random.chance(90) ? 0.4 : 8);
    const half = (middle * random.quantity(0, 0.004)) / ONE;
    const [bid, ask] = [middle - half, middle + half];
    const last = jittered(stage, middle, 0.5);
    return [{ market, bid, ask, last, timeMs: time - lag(stage) }];
  });
}

function outsideReports(stage: Stage, ledger: Ledger): Reports['outside'] {
  const { random, walk, time } = stage;
  return ledger.markets.flatMap(({ parameters: { market, index, outsideSources } }) =>
    outsideSources.flatMap(({ source }) => {
      if (random.chance(25)) return [];
      const price = jittered(stage, walk.get(index) ?? ONE, random.chance(90) ? 0.5 : 10);
      return [{ market, source, price, timeMs: time - lag(stage) }];
    }),
  );
}
