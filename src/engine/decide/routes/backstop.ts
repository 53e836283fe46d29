/** The step in which the backstop vault takes an account over. @module */
import { assert } from '../../../units/index.ts';
import type { DeskSharesView } from '../../lending.ts';
import type { RouteMoment } from '../../routes/index.ts';
import type { Event } from '../../schema/index.ts';
import type { PoolView } from '../../state.ts';
import { vaultNext } from '../../vault-takeover.ts';

const sharesOf =
  (state: PoolView) =>
  ({ desk, shares }: DeskSharesView) => ({ asset: state.desks[desk]!.parameters.asset, shares });

export function stepWithVault(state: PoolView, moment: RouteMoment): Event[] {
  const { takeover } = vaultNext(state, moment);
  assert(takeover !== null, 'ROUTING', 'the vault has room');
  const { liquidation, account, margin } = moment;
  const { equity, marginEquity, maintenanceMargin } = margin;
  const { vault, notional, legs, balance } = takeover;
  const taken: Event = {
    type: 'AccountTakenOver',
    liquidation: liquidation.liquidation,
    account: account.id,
    vault: vault.id,
    equity,
    marginEquity,
    maintenanceMargin,
    notional,
    positions: legs.map(({ leg, bankruptcyQuote, liquidated, taker }) => ({
      market: leg.market.parameters.market,
      markPrice: leg.markPrice,
      bankruptcyQuote,
      liquidated,
      taker,
    })),
    collaterals: account.collaterals.map(({ asset, amount }) => ({
      asset: state.assets[asset]!.parameters.asset,
      amount,
    })),
    debts: account.debts.map(sharesOf(state)),
    supplies: account.supplies.map(sharesOf(state)),
    balance,
  };
  return [taken];
}
