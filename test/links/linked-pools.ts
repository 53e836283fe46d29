/** Pools linked to one another, without a journal: for tests of the engine's rules. @module */
import type {
  AssetParameters,
  Command,
  CommandOf,
  Event,
  EventOf,
  MarketParameters,
} from '../../src/engine/index.ts';
import {
  type AccountId,
  type AssetId,
  accountId,
  amount,
  assetId,
  indexId,
  ratio,
} from '../../src/units/index.ts';
import { type Driver, eventsOf, poolDriver } from '../pools/pool-driver.ts';

export const USDC = assetId('USDC');
export const ETH = assetId('ETH');
export const alice = accountId('alice');
export const bob = accountId('bob');

export const linksOf = (pool: string, others: readonly string[]): Command => ({
  type: 'ConfigureLinks',
  parameters: { pool, others },
});

export const collateral = (changes: Partial<AssetParameters> = {}): Command => ({
  type: 'ConfigureAsset',
  parameters: {
    asset: ETH,
    index: indexId('ETH'),
    collateralHaircut: ratio('0.1'),
    concentrationFactor: null,
    amountMax: null,
    ...changes,
  },
});

/** BTC at 100 and ETH at 10; ETH is collateral. */
export function pricedPool(market: Partial<MarketParameters> = {}): Driver {
  const pool = poolDriver();
  pool.configure();
  pool.index('BTC');
  pool.index('ETH');
  pool.market('BTC-PERP', market);
  pool.take(collateral());
  pool.price('BTC', '100', ['BTC-PERP']);
  pool.price('ETH', '10');
  return pool;
}

/** Alice has 1,000 USDC and 100 ETH in alpha; Bob's account in beta is empty. */
export function linkedPools() {
  const [alpha, beta] = [pricedPool(), pricedPool()];
  alpha.take(linksOf('alpha', ['beta', 'gamma']));
  beta.take(linksOf('beta', ['alpha']));
  alpha.account('alice', '1000');
  alpha.take(depositOf(alice, '100', ETH));
  beta.account('bob');
  return { alpha, beta };
}

export const depositOf = (account: AccountId, text: string, asset: AssetId = USDC): Command => ({
  type: 'Deposit',
  account,
  asset,
  amount: amount(text),
});

export const withdrawalOf = (account: AccountId, text: string, asset: AssetId = USDC): Command => ({
  type: 'Withdraw',
  account,
  asset,
  amount: amount(text),
});

type Sending = CommandOf<'TransferOut'>;

/** From Alice in alpha to Bob in beta. */
const toBob = (text: string, changes: Partial<Sending>) =>
  ({
    account: alice,
    asset: USDC,
    amount: amount(text),
    toPool: 'beta',
    toAccount: bob,
    ...changes,
  }) as const;

export const transferOf = (text: string, changes: Partial<Sending> = {}): Sending => ({
  type: 'TransferOut',
  ...toBob(text, changes),
});

export const pledgeOf = (
  text: string,
  changes: Partial<Omit<Sending, 'type'>> = {},
): CommandOf<'PledgeOut'> => ({ ...toBob(text, changes), type: 'PledgeOut' });

export const releaseOf = (pledge: number, fromPool = 'alpha'): CommandOf<'ReleasePledge'> => ({
  type: 'ReleasePledge',
  fromPool,
  pledge,
});

/** What a pool sent, as the other one is told. */
export function arrivalOf(
  fromPool: string,
  { toPool: _, toAccount, account, type: __, ...subject }: EventOf<'TransferSent'>,
): CommandOf<'TransferIn'> {
  return { type: 'TransferIn', ...subject, fromPool, fromAccount: account, account: toAccount };
}

/** Takes a command that sends something; answers what was sent. */
export function sent(pool: Driver, command: Command): EventOf<'TransferSent'> {
  return eventsOf(pool.take(command), 'TransferSent')[0]!;
}

export const confirmOf = (number: number, toPool = 'beta'): CommandOf<'ConfirmTransfer'> => ({
  type: 'ConfirmTransfer',
  toPool,
  number,
});

export const returnOf = (number: number, toPool = 'beta'): CommandOf<'ReturnTransfer'> => ({
  type: 'ReturnTransfer',
  toPool,
  number,
});

/** Sends from alpha to beta and tells alpha that it arrived. */
export function pledged(
  { alpha, beta }: ReturnType<typeof linkedPools>,
  text: string,
  changes: Partial<Omit<Sending, 'type'>> = {},
): number {
  const event = sent(alpha, pledgeOf(text, changes));
  beta.take(arrivalOf('alpha', event));
  alpha.take(confirmOf(event.number));
  return event.number;
}

export const typesOf = (events: readonly Event[]): readonly Event['type'][] =>
  events.map(({ type }) => type);
