/** Random terms of how positions in other markets count in an auto-deleveraging. @module */
import type { Loadings, Market, ModelCommand } from './ledger.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Terms once, now and then twice, and now and then terms that cannot be. */
export function openHedges(random: Random, { markets }: World): ModelCommand[] {
  const commands = [termsOf(random, markets)];
  if (random.chance(20)) commands.push(termsOf(random, markets));
  if (random.chance(30)) commands.unshift(faultyTerms(random, markets));
  return commands;
}

function termsOf(random: Random, markets: readonly Market[]): ModelCommand {
  const loadings = markets
    .filter(({ kind }) => kind === 'linear' && random.chance(80))
    .map(({ market }) => ({ market, loading: random.quantity(0.1, random.pick([3, 40])) }));
  const hedges = random.chance(75) && loadings.length > 0 ? 'protect' : 'ignore';
  return { type: 'ConfigureDeleveraging', parameters: { hedges, loadings } };
}

function faultyTerms(random: Random, markets: readonly Market[]): ModelCommand {
  const { market } = random.pick(markets);
  const inverse = markets.find(({ kind }) => kind === 'inverse')?.market ?? market;
  const one = { market, loading: random.quantity(0.1, 3) };
  const parameters: Loadings = random.pick<Loadings>([
    { hedges: 'protect', loadings: [] },
    { hedges: 'ignore', loadings: [one, one] },
    { hedges: 'ignore', loadings: [{ market, loading: 0n }] },
    { hedges: 'protect', loadings: [{ ...one, market: inverse }] },
    { hedges: 'protect', loadings: [{ ...one, market: 'NONE-PERP' }] },
  ]);
  return { type: 'ConfigureDeleveraging', parameters };
}
