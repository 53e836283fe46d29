/**
 * What happens to the layers beside the insurance fund, most of it lawful. Draws from a source of
 * randomness of its own.
 * @module
 */
import { larger, ONE } from './integers.ts';
import type { Layers, Ledger, ModelCommand, Tranche, Waterfall } from './ledger.ts';
import type { Random } from './random.ts';
import { shortfallCommand } from './shortfall-commands.ts';
import type { Stage } from './stage.ts';
import { sharesOfAll } from './tranches.ts';
import { percent, SETTLEMENT_ASSET, type World } from './world.ts';

const NAMES: readonly string[] = ['junior', 'mezzanine', 'senior'];
/** Accounts that came to give capital, and do nothing else. */
const PROVIDERS: readonly string[] = ['pam', 'pia'];
const MOST = 10n ** 17n * ONE;
const DURATION_MOST = 10 ** 15;

type Terms = Layers['tranches'][number];

/** Layers of every kind, and whoever stands behind them. */
export function openLayers(random: Random, { markets }: World): ModelCommand[] {
  const known = markets.map(({ market }) => market);
  const parameters = randomLayers(random, known);
  const commands: ModelCommand[] = [{ type: 'ConfigureWaterfall', parameters }];
  for (const account of PROVIDERS) {
    const amount = random.quantity(20, 200);
    commands.push({ type: 'OpenAccount', account, owner: account, parent: null, market: null });
    commands.push({ type: 'Deposit', account, asset: SETTLEMENT_ASSET, amount });
    for (const { tranche } of parameters.tranches) {
      if (random.chance(40)) continue;
      const share = (amount * random.quantity(0.02, 0.3)) / ONE;
      commands.push({ type: 'DepositTranche', tranche, provider: account, amount: share });
    }
  }
  return commands;
}

/** A cap that binds now and then, or none. */
const capOf = (random: Random): bigint =>
  random.chance(15) ? 0n : random.quantity(0, random.pick([2, 20]));

export function randomLayers(random: Random, markets: readonly string[]): Layers {
  const names = NAMES.filter(() => random.chance(75));
  if (random.chance(25)) names.reverse();
  return {
    bufferMax: random.chance(10) ? 0n : random.quantity(0, random.pick([0.5, 10])),
    bufferShare: random.pick([0n, percent(30), random.quantity(0, 1), ONE, ONE, ONE]),
    windowMs: random.pick([1, 900, 20_000, 20_001, 3_600_000]),
    windowCap: random.chance(40) ? null : capOf(random),
    marketCaps: markets.flatMap((market) =>
      random.chance(60) ? [] : [{ market, cap: capOf(random) }],
    ),
    premiumIntervalMs: random.pick([1_000, 7_000, 600_000]),
    adlRiskExponent: random.between(0, 4),
    adlRiskThreshold: random.chance(50) ? null : random.quantity(0, random.pick([3, 30])),
    tranches: names.map((tranche) => randomTerms(random, tranche)),
  };
}

const randomTerms = (random: Random, tranche: string): Terms => ({
  tranche,
  eventMax: random.quantity(0.01, random.pick([1, 8, 50])),
  premiumRate: random.chance(25) ? 0n : random.quantity(0, 10),
  noticeMs: random.pick([0, 0, 500, 8_000]),
  exitWindowMs: random.pick([1, 20_000, 600_000]),
});

export function layersCommand(stage: Stage, random: Random, ledger: Ledger): ModelCommand | null {
  const { waterfall, accounts } = ledger;
  if (waterfall === null || accounts.length === 0) return null;
  const drama = random.chance(50) ? shortfallCommand(stage, random, ledger) : null;
  if (drama !== null) return drama;
  const roll = random.below(100);
  if (roll < 10) return faultyLayers(random, ledger, waterfall);
  if (roll < 24) return { type: 'ConfigureWaterfall', parameters: retuned(random, ledger) };
  if (waterfall.tranches.length === 0) return null;
  if (roll < 27 && stage.absurd) return absurdLayers(random, ledger, waterfall);
  if (roll < 58) return deposit(random, ledger, waterfall);
  const [tranche, claim] = anyClaim(random, waterfall) ?? [null, null];
  if (tranche === null || claim === null) return deposit(random, ledger, waterfall);
  const whose = { tranche: tranche.tranche, provider: claim.account };
  if (roll < 78) {
    const shares = random.chance(8) ? 0n : partOf(random, claim.shares);
    if (random.chance(35)) stage.pending.push({ type: 'RedeemTranche', ...whose });
    return { type: 'RequestTrancheExit', ...whose, shares };
  }
  const leaving = waterfall.tranches.flatMap(({ tranche: id, providers }) =>
    providers
      .filter(({ exiting }) => exiting > 0n)
      .map(({ account }) => ({ tranche: id, provider: account })),
  );
  const anyone = leaving.length === 0 || random.chance(5);
  return { type: 'RedeemTranche', ...(anyone ? whose : random.pick(leaving)) };
}

/** All, a part, or a share more than there is. */
function partOf(random: Random, all: bigint): bigint {
  if (random.chance(35)) return all;
  if (random.chance(10)) return larger(0n, all + random.pick([-1n, 1n]));
  return (all * random.quantity(0, 1)) / ONE;
}

function anyClaim(
  random: Random,
  { tranches }: Waterfall,
): readonly [Tranche, Tranche['providers'][number]] | null {
  const claims = tranches.flatMap((tranche) =>
    tranche.providers.map((claim) => [tranche, claim] as const),
  );
  return claims.length === 0 ? null : random.pick(claims);
}

function deposit(random: Random, ledger: Ledger, { tranches }: Waterfall): ModelCommand {
  const tranche = random.pick(tranches);
  const came = ledger.accounts.filter(({ id }) => PROVIDERS.includes(id));
  const account = random.pick(came.length > 0 && random.chance(75) ? came : ledger.accounts);
  const provider = account.id;
  const { tranche: id, capital } = tranche;
  // So little that rounding tells: a share costs many units where capital has grown.
  const little = (capital * BigInt(random.between(1, 3))) / larger(1n, sharesOfAll(tranche));
  const amount = random.chance(10)
    ? larger(1n, little + BigInt(random.below(3)))
    : larger(1n, (larger(account.balance, 0n) * random.quantity(0, 0.25)) / ONE);
  return { type: 'DepositTranche', tranche: id, provider, amount };
}

/** Terms change; a tranche is left out, comes, or moves. */
function retuned(random: Random, { waterfall, markets }: Ledger): Layers {
  const before = waterfall!.parameters;
  const known = markets.map(({ parameters }) => parameters.market);
  const fresh = randomLayers(random, known);
  const windowMs = random.chance(50) ? before.windowMs : fresh.windowMs;
  if (random.chance(30)) return { ...fresh, windowMs };
  const needed = new Map(
    [...before.tranches, ...fresh.tranches].map((terms) => [terms.tranche, terms]),
  );
  const tranches = [...needed.values()].map((terms) =>
    random.chance(70) ? terms : randomTerms(random, terms.tranche),
  );
  if (random.chance(30)) tranches.reverse();
  const kept = random.chance(30) ? before : fresh;
  return { ...kept, windowMs, tranches };
}

const FAULTS: readonly Partial<Layers>[] = [
  { bufferMax: -1n },
  { bufferMax: MOST + 1n },
  { bufferShare: -1n },
  { bufferShare: ONE + 1n },
  { windowMs: 0 },
  { windowMs: DURATION_MOST + 1 },
  { windowCap: -1n },
  { windowCap: MOST + 1n },
  { marketCaps: [{ market: 'NONE', cap: ONE }] },
  { marketCaps: [{ market: 'M0', cap: -1n }] },
  { marketCaps: [{ market: 'M0', cap: MOST + 1n }] },
  {
    marketCaps: [
      { market: 'M0', cap: 0n },
      { market: 'M0', cap: 0n },
    ],
  },
  { premiumIntervalMs: 999 },
  { premiumIntervalMs: DURATION_MOST + 1 },
  { adlRiskExponent: 5 },
  { adlRiskThreshold: -1n },
  { adlRiskThreshold: 1_000_000n * ONE + 1n },
  { tranches: [] },
];

const TRANCHE_FAULTS: readonly Partial<Terms>[] = [
  { tranche: 'junior' },
  { eventMax: 0n },
  { eventMax: MOST + 1n },
  { premiumRate: -1n },
  { premiumRate: 10n * ONE + 1n },
  { noticeMs: -1 },
  { noticeMs: DURATION_MOST + 1 },
  { exitWindowMs: 0 },
  { exitWindowMs: DURATION_MOST + 1 },
];

function faultyLayers(random: Random, ledger: Ledger, waterfall: Waterfall): ModelCommand {
  const { parameters } = waterfall;
  const provider = random.pick(ledger.accounts).id;
  const tranche = random.pick(NAMES);
  const extra = { ...randomTerms(random, 'other'), ...random.pick(TRANCHE_FAULTS) };
  const many = Array.from({ length: 65 }, (_, at) => randomTerms(random, `t${at}`));
  const faulty = random.pick<Partial<Layers>>([
    random.pick(FAULTS),
    random.pick(FAULTS),
    { tranches: [randomTerms(random, 'junior'), extra] },
    { tranches: [...parameters.tranches, ...many].slice(0, random.between(64, 66)) },
  ]);
  const changed: ModelCommand = {
    type: 'ConfigureWaterfall',
    parameters: { ...parameters, ...faulty },
  };
  return random.pick<ModelCommand>([
    changed,
    changed,
    changed,
    { type: 'DepositTranche', tranche, provider, amount: 0n },
    { type: 'DepositTranche', tranche: 'none', provider, amount: ONE },
    { type: 'DepositTranche', tranche, provider: 'nobody', amount: ONE },
    { type: 'DepositTranche', tranche, provider, amount: 1n },
    { type: 'RequestTrancheExit', tranche, provider, shares: -1n },
    { type: 'RequestTrancheExit', tranche: 'none', provider, shares: 1n },
    { type: 'RequestTrancheExit', tranche, provider: 'nobody', shares: 1n },
    { type: 'RequestTrancheExit', tranche, provider, shares: 0n },
    { type: 'RedeemTranche', tranche: 'none', provider },
    { type: 'RedeemTranche', tranche, provider: 'nobody' },
    { type: 'RedeemTranche', tranche, provider },
    { type: 'PayPremium', tranche },
  ]);
}

function absurdLayers(random: Random, ledger: Ledger, { parameters }: Waterfall): ModelCommand {
  const number = random.pick([1n, 2n, 10n ** 16n * ONE, MOST, 2n ** 127n - 1n]);
  const longMs = random.pick([1, DURATION_MOST]);
  const provider = random.pick(ledger.accounts).id;
  const { tranche } = random.pick(parameters.tranches);
  const changes = random.pick<Partial<Layers>>([
    { bufferMax: number, bufferShare: ONE },
    { windowCap: number, windowMs: longMs },
    { adlRiskThreshold: number },
    {
      tranches: parameters.tranches.map((terms) => {
        return { ...terms, eventMax: number, noticeMs: longMs, exitWindowMs: longMs };
      }),
    },
  ]);
  return random.pick<ModelCommand>([
    { type: 'ConfigureWaterfall', parameters: { ...parameters, ...changes } },
    { type: 'DepositTranche', tranche, provider, amount: number },
    { type: 'RequestTrancheExit', tranche, provider, shares: number },
  ]);
}
