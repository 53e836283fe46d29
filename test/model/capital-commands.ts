/**
 * Accounts, deposits, withdrawals and changes of parameters in the middle of everything.
 * @module
 */

import { claimsExceedCover } from './capital.ts';
import { agrees, outweighs } from './configuration.ts';
import { larger, ONE, smaller } from './integers.ts';
import type { Account, Ledger, ModelCommand } from './ledger.ts';
import { amountOf } from './ledger.ts';
import { marginOf } from './margin.ts';
import { marginForRisk } from './price-guards.ts';
import type { Stage } from './stage.ts';
import { randomAsset, randomIndex, randomMarket, randomPool, SETTLEMENT_ASSET } from './world.ts';

export function capitalCommand(stage: Stage, ledger: Ledger): ModelCommand | null {
  const { random } = stage;
  if (ledger.accounts.length === 0) return null;
  const account = random.pick(ledger.accounts);
  const asset = anyAsset(stage, ledger);
  if (claimsExceedCover(ledger) && random.chance(50)) {
    return { type: 'Withdraw', account: account.id, asset: SETTLEMENT_ASSET, amount: ONE / 1_000n };
  }
  if (random.chance(35)) {
    return { type: 'Deposit', account: account.id, asset, amount: random.quantity(0.01, 60) };
  }
  const amount = movable(stage, ledger, { account, asset });
  if (random.chance(50)) return { type: 'Withdraw', account: account.id, asset, amount };
  const family = ledger.accounts.filter(({ owner }) => owner === account.owner);
  const to = random.chance(90) ? random.pick(family) : random.pick(ledger.accounts);
  return { type: 'TransferCollateral', from: account.id, to: to.id, asset, amount };
}

const anyAsset = ({ random }: Stage, ledger: Ledger): string =>
  random.chance(50) || ledger.assets.length === 0
    ? SETTLEMENT_ASSET
    : random.pick(ledger.assets).parameters.asset;

/** About as much as the account could let go, sometimes more, sometimes exactly. */
function movable(
  { random }: Stage,
  ledger: Ledger,
  { account, asset }: { account: Account; asset: string },
): bigint {
  const held = asset === SETTLEMENT_ASSET ? account.balance : amountOf(account, asset);
  const { initialEquity, initialMargin } = random.chance(50)
    ? marginForRisk(ledger, account)
    : marginOf(ledger, account);
  const free = smaller(held, initialEquity - initialMargin);
  if (random.chance(30)) return larger(1n, free);
  if (random.chance(30)) return larger(1n, held);
  return larger(1n, (held * random.quantity(0, 1.05)) / ONE);
}

export function accountCommand({ random, world, pending }: Stage, ledger: Ledger): ModelCommand {
  const asset = SETTLEMENT_ASSET;
  const number = ledger.accounts.length;
  const parents = ledger.accounts.filter(({ parent }) => parent === null);
  if (ledger.markets.length === 0 || parents.length === 0 || random.chance(40)) {
    const owner = random.pick(world.owners);
    return {
      type: 'OpenAccount',
      account: `${owner}-${number}`,
      owner,
      parent: null,
      market: null,
    };
  }
  const parent = random.pick(parents);
  const { market } = random.pick(ledger.markets).parameters;
  const { owner, id } = parent;
  const account = `${owner}-${number}`;
  if (parent.balance > 0n) {
    const amount = larger(1n, (parent.balance * random.quantity(0.1, 0.6)) / ONE);
    pending.push({ type: 'TransferCollateral', from: id, to: account, asset, amount });
  }
  return { type: 'OpenAccount', account, owner, parent: id, market };
}

/** Parameters change under running positions and liquidations. */
export function tuningCommand({ random }: Stage, ledger: Ledger): ModelCommand | null {
  const pool = ledger.pool;
  if (pool === null) return null;
  if (random.chance(40)) {
    const parameters = randomPool(random);
    const { closeOuts, markets } = ledger;
    const agreed =
      (closeOuts === null || agrees(parameters, closeOuts)) &&
      !markets.some((market) => outweighs(parameters, closeOuts, market.parameters));
    return { type: 'ConfigurePool', parameters: agreed || random.chance(5) ? parameters : pool };
  }
  if (random.chance(40) && ledger.assets.length > 0) {
    const { asset, index } = random.pick(ledger.assets).parameters;
    const other = random.chance(80) ? index : random.pick(ledger.indexes).parameters.index;
    return { type: 'ConfigureAsset', parameters: randomAsset(random, asset, other) };
  }
  if (random.chance(40) && ledger.indexes.length > 0) {
    const { index } = random.pick(ledger.indexes).parameters;
    return { type: 'ConfigureIndex', parameters: randomIndex(random, index) };
  }
  if (ledger.markets.length === 0) return null;
  const { market, kind, index, lot, expiryMs } = random.pick(ledger.markets).parameters;
  const changed = randomMarket(random, market, index);
  const same = random.chance(90) ? { kind, lot, expiryMs } : {};
  return { type: 'ConfigureMarket', parameters: { ...changed, ...same } };
}
