/** What became of the capital behind a scenario's mechanisms, as plain data. @module */
import type { PoolView } from '../engine/index.ts';
import { formatDecimal } from '../units/index.ts';
import { type KeeperResult, keeperResults } from './keepers/index.ts';
import { profitOf } from './mechanism-capital.ts';
import { AMM_ACCOUNT, mechanismCapital, VAULT_ACCOUNT } from './mechanism-setup.ts';
import type { Opening } from './pool-opening.ts';
import type { Scenario } from './scenario.ts';
import type { Takers } from './takers.ts';

export type MechanismResult = {
  readonly keepers: readonly KeeperResult[];
  /** Equity at the end less capital; null where there is none of it. */
  readonly ammProfit: string | null;
  readonly vaultProfit: string | null;
};

/** Null where the scenario has no mechanisms. */
export function mechanismResult(
  scenario: Scenario,
  run: {
    readonly takers: Takers | null;
    readonly state: PoolView;
    readonly opening: Opening;
  },
): MechanismResult | null {
  const { takers, state, opening } = run;
  if (takers === null) return null;
  const capital = mechanismCapital(scenario, opening.openInterest);
  const profit = (account: typeof AMM_ACCOUNT): string | null =>
    capital.has(account) ? formatDecimal(profitOf(state, account, capital)) : null;
  return {
    keepers: keeperResults(takers.keepers, capital),
    ammProfit: profit(AMM_ACCOUNT),
    vaultProfit: profit(VAULT_ACCOUNT),
  };
}
