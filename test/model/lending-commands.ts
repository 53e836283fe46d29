/**
 * What happens at desks, most of it lawful. Draws from a source of randomness of its own.
 * @module
 */
import { accrued, deskPriceOf, heldOf, isSettlement, lentOf, owedOf, sharesOf } from './desks.ts';
import { larger, ONE, smaller } from './integers.ts';
import {
  type Account,
  type Desk,
  findAsset,
  findDesk,
  type Ledger,
  type Lending,
  type ModelCommand,
} from './ledger.ts';
import { marginForRisk } from './price-guards.ts';
import type { Random } from './random.ts';
import { isDeskCustomer, type Stage } from './stage.ts';
import { type AssetSetup, HOUSE, percent, SETTLEMENT_ASSET, type World } from './world.ts';

/** Accounts that came to lend, and to borrow. */
const LENDERS: readonly string[] = ['lea', 'lou'];
const BORROWERS: readonly string[] = ['bea', 'bo', 'bix'];

/** Desks for money and for what is taken as collateral, and whoever comes to them. */
export function openDesks(random: Random, { pool, assets }: World): ModelCommand[] {
  const lendable = assets.filter(() => pool.collateralBuyer !== null && random.chance(80));
  const commands: ModelCommand[] = [];
  const configure = (parameters: Lending): void => {
    commands.push({ type: 'ConfigureLending', parameters });
  };
  if (lendable.length === 0 || random.chance(85)) configure(randomLending(random, null));
  for (const asset of lendable) configure(randomLending(random, asset));
  for (const account of [...LENDERS, ...BORROWERS]) {
    commands.push({ type: 'OpenAccount', account, owner: account, parent: null, market: null });
    const lends = LENDERS.includes(account);
    for (const asset of [SETTLEMENT_ASSET, ...assets.map((entry) => entry.asset)]) {
      if (!lends && random.chance(30)) continue;
      const amount = lends ? random.quantity(20, 400) : random.quantity(5, 60);
      commands.push({ type: 'Deposit', account, asset, amount });
      if (lends || random.chance(25)) {
        commands.push({ type: 'SupplyAsset', account, asset, amount: lends ? null : amount / 2n });
      }
    }
  }
  return commands;
}

/** Null: for money. */
export function randomLending(random: Random, asset: AssetSetup | null): Lending {
  const most = asset === null ? ONE : ONE - asset.collateralHaircut;
  const kinked = random.quantity(0.01, 2);
  const weight = random.chance(50) ? ONE : ONE + random.quantity(0, 0.4);
  return {
    asset: asset?.asset ?? SETTLEMENT_ASSET,
    loanToValue: asset === null ? ONE : (most * random.quantity(0.5, 1)) / ONE,
    liabilityWeight: weight,
    liabilityWeightInitial: weight + (random.chance(50) ? 0n : random.quantity(0, 0.2)),
    rateAtZero: random.chance(50) ? 0n : random.quantity(0, 0.01),
    rateAtKink: kinked,
    rateAtFull: kinked + random.quantity(0, 7),
    kinkUtilization: random.quantity(0.3, 0.95),
    reserveShare: random.pick([0n, percent(10), percent(35), ONE]),
    accrualIntervalMs: random.pick([1, 700, 20_000, 3_600_000]),
    borrowMax: random.chance(25) ? random.quantity(1, 300) : null,
    debtMin: random.chance(40) ? 0n : random.quantity(0, 2),
    closeFactor: random.quantity(0.1, 1),
    closeFactorHealth: random.quantity(0, 1),
    liquidationBonus: random.quantity(0, 0.1),
  };
}

export function lendingCommand(stage: Stage, random: Random, ledger: Ledger): ModelCommand | null {
  if (ledger.desks.length === 0 || ledger.accounts.length === 0) return null;
  const desk = caughtUp(ledger, random.pick(ledger.desks), stage.time);
  const { asset } = desk.parameters;
  const roll = random.below(100);
  if (roll < 7) return faultyLending(random, ledger, desk);
  if (roll < 12) return { type: 'CollectReserve', asset };
  if (roll < 16) return retuned(random, ledger, desk);
  if (roll < 20 && stage.absurd) return absurdLending(random, ledger, asset);
  const account = customer(random, ledger);
  const at = { account: account.id, asset };
  if (roll < 38) {
    const held = heldOf(ledger, account, asset);
    return { type: 'SupplyAsset', ...at, amount: partOf(random, held) };
  }
  if (roll < 55) {
    const claim = lentOf(desk, sharesOf(account.supplies, asset));
    return { type: 'RedeemSupply', ...at, amount: partOf(random, claim) };
  }
  if (roll < 70) return repayment(random, ledger, { account, desk });
  const amount = borrowable(random, ledger, { account, desk });
  if (random.chance(50)) stage.pending.push({ type: 'Withdraw', ...at, amount });
  return { type: 'Borrow', ...at, amount };
}

/** The desk as it will be when the command is taken. */
function caughtUp(ledger: Ledger, { parameters }: Desk, time: number): Desk {
  const copy = structuredClone(ledger);
  const desk = findDesk(copy, parameters.asset)!;
  accrued(copy, desk, time);
  return desk;
}

/** Mostly those who came for it, and whoever has no positions to be liquidated for. */
function customer(random: Random, ledger: Ledger): Account {
  const came = ledger.accounts.filter(({ id }) => [...LENDERS, ...BORROWERS].includes(id));
  const idle = ledger.accounts.filter(({ positions }) => positions.length === 0);
  if (came.length > 0 && random.chance(70)) return random.pick(came);
  return random.pick(idle.length > 0 && random.chance(85) ? idle : ledger.accounts);
}

/** All of it by name or as null, a part, or a unit more than there is. */
function partOf(random: Random, all: bigint): bigint | null {
  if (random.chance(20)) return null;
  if (random.chance(15)) return larger(1n, all + random.pick([-1n, 0n, 1n]));
  return larger(1n, (all * random.quantity(0, 1)) / ONE);
}

function repayment(
  random: Random,
  ledger: Ledger,
  { account, desk }: { account: Account; desk: Desk },
): ModelCommand {
  const { asset } = desk.parameters;
  const debtors = ledger.accounts.filter(({ debts }) => sharesOf(debts, asset) > 0n);
  const debtor = debtors.length > 0 && random.chance(90) ? random.pick(debtors) : account;
  const amount = partOf(random, owedOf(desk, sharesOf(debtor.debts, asset)));
  return { type: 'Repay', account: debtor.id, asset, amount };
}

/** A prudent part of what may be borrowed, now and then all of it, or more. */
function borrowable(
  random: Random,
  ledger: Ledger,
  { account, desk }: { account: Account; desk: Desk },
): bigint {
  const { asset, liabilityWeightInitial, loanToValue, debtMin } = desk.parameters;
  const price = larger(deskPriceOf(ledger, asset), 1n);
  if (random.chance(8)) return larger(1n, desk.cash + random.pick([0n, 1n]));
  if (random.chance(5))
    return larger(
      1n,
      smaller((debtMin * ONE) / price, 10n ** 17n * ONE) + random.pick([-1n, 0n, 1n]),
    );
  const { initialEquity, initialMargin } = marginForRisk(ledger, account);
  const free = larger(initialEquity - initialMargin, 0n);
  // What is borrowed counts at first as what is held: it is the difference that is lent.
  const kept = random.chance(50) ? 0n : smaller(loanToValue, liabilityWeightInitial - 1n);
  // A price next to nothing would make it more than a number may be.
  const most = smaller(
    (free * ONE * ONE) / (price * (liabilityWeightInitial - kept)),
    10n ** 17n * ONE,
  );
  if (random.chance(12)) return larger(1n, most + random.pick([-1n, 0n, 1n]));
  // The weights of old debts and holdings would still allow this.
  if (random.chance(15)) return larger(1n, (most * random.quantity(1, 1.3)) / ONE);
  return larger(1n, smaller(desk.cash, (most * random.quantity(0.05, 0.6)) / ONE));
}

/** New terms for a desk that lends already. */
function retuned(random: Random, ledger: Ledger, { parameters }: Desk): ModelCommand {
  const known = findAsset(ledger, parameters.asset);
  return { type: 'ConfigureLending', parameters: randomLending(random, known?.parameters ?? null) };
}

function absurdLending(random: Random, ledger: Ledger, asset: string): ModelCommand {
  const account = random.pick(ledger.accounts).id;
  const amount = random.pick([1n, 2n, 10n ** 16n * ONE, 10n ** 17n * ONE, 2n ** 127n - 1n]);
  const type = random.pick(['SupplyAsset', 'RedeemSupply', 'Borrow', 'Repay'] as const);
  return { type, account, asset, amount };
}

const FAULTS: readonly Partial<Lending>[] = [
  { asset: 'NONE' },
  { loanToValue: -1n },
  { loanToValue: ONE + 1n },
  { loanToValue: ONE - 1n },
  { liabilityWeight: ONE - 1n },
  { liabilityWeightInitial: ONE - 1n },
  { liabilityWeightInitial: 10n * ONE + 1n },
  { rateAtZero: -1n },
  { rateAtKink: -1n },
  { rateAtFull: 0n },
  { rateAtFull: 10n * ONE + 1n },
  { kinkUtilization: 0n },
  { kinkUtilization: ONE },
  { reserveShare: ONE + 1n },
  { accrualIntervalMs: 0 },
  { accrualIntervalMs: 10 ** 15 + 1 },
  { borrowMax: -1n },
  { debtMin: -1n },
  { debtMin: 10n ** 17n * ONE + 1n },
  { closeFactor: 0n },
  { closeFactor: ONE + 1n },
  { closeFactorHealth: -1n },
  { liquidationBonus: ONE + 1n },
];

function faultyLending(random: Random, ledger: Ledger, { parameters }: Desk): ModelCommand {
  const { asset } = parameters;
  const account = random.pick(ledger.accounts).id;
  const isolated = ledger.accounts.find(({ parent }) => parent !== null)?.id ?? 'nobody';
  const house = isSettlement(ledger, asset) ? account : HOUSE;
  const debtor = ledger.accounts.find(isDeskCustomer)?.id ?? account;
  const changed = { ...parameters, ...random.pick(FAULTS) };
  return random.pick<ModelCommand>([
    { type: 'ConfigureLending', parameters: changed },
    { type: 'ConfigureLending', parameters: changed },
    { type: 'SupplyAsset', account, asset, amount: 0n },
    { type: 'SupplyAsset', account: isolated, asset, amount: 1n },
    { type: 'SupplyAsset', account: 'nobody', asset, amount: 1n },
    { type: 'RedeemSupply', account, asset: 'NONE', amount: null },
    { type: 'RedeemSupply', account: debtor, asset, amount: -1n },
    { type: 'Borrow', account: isolated, asset, amount: ONE },
    { type: 'Borrow', account, asset: 'NONE', amount: ONE },
    { type: 'Borrow', account: house, asset, amount: 1n },
    { type: 'Repay', account: debtor, asset, amount: 1n },
    { type: 'Repay', account, asset, amount: null },
    { type: 'CollectReserve', asset: 'NONE' },
    { type: 'AccrueInterest', asset },
  ]);
}
