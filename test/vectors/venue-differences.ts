/**
 * Published numbers that we do not give, and why. A number that we could give and that turns out
 * equal must not be listed here; a test sees to it.
 * @module
 */

/** By id: our formula gives another number, for this reason. */
export const differences: Readonly<Record<string, string>> = {
  'snx-margin-btc':
    'Their fraction rises with the size of the position against the skew of the market, here ' +
    'from the minimum of 0.01 to 0.03. Ours rises by tier of notional and with open interest; ' +
    'it is stated for the minimum fraction.',
  'binance-iso2':
    'Same formula. The number is what a wallet balance of 3.3333333333 gives; from the ' +
    'stated 3.3333333333333335 ours departs from it in the eleventh digit.',
  'bybit-iso1':
    'They take maintenance margin from the value at entry, we from the value at the mark: at ' +
    'leverage 1 no price above zero makes the account liquidatable.',
  'bybit-iso3': 'They take maintenance margin from the value at entry, we from that at the mark.',
  'bybit-iso6': 'They take maintenance margin from the value at entry, we from that at the mark.',
  'bybit-iso8': 'They take maintenance margin from the value at entry, we from that at the mark.',
  'bybit-inv-cross':
    'They reserve the taker fee of the closing trade and take maintenance margin from the value ' +
    'at entry. We charge the penalty when a close-out fills, and take margin at the mark.',
  'drift-pct1':
    'They close all at once where less than 50 of margin is missing, whatever the notional. Ours ' +
    'goes by the notional to close, which the example does not state: what is stated is the ramp.',
  'drift-spot4':
    'Same formula. They cut the weight that goes with the collateral, 0.8 · 1.1 / 0.9, to five ' +
    'digits before they divide; ours rounds once.',
};

/** By id: nothing of ours answers to it, for this reason. */
export const withoutCounterpart: Readonly<Record<string, string>> = {
  'dydx-px1':
    'A guard on price updates by ticks. Ours: staleness, confidence, bands, a step by time.',
  'dydx-px3':
    'A guard on price updates by ticks. Ours: staleness, confidence, bands, a step by time.',
  'dydx-px6':
    'A guard on price updates by ticks. Ours: staleness, confidence, bands, a step by time.',
  'dydx-lim1':
    'They bound a close-out by a smallest amount and a largest share. Ours is the smallest that ' +
    'restores the release margin; a lot is its only bound.',
  'okx-partial':
    'They step down to the lowest tier whatever the equity. Ours depends on the equity, which ' +
    'the example does not state.',
  'drift-liqfee1':
    'Their fee rises with the time since the account was last active. Our penalty rises with ' +
    'what the account lacks and with the state of the market, and does not know time.',
  'gmx-adl1':
    'They deleverage when profits reach a share of the liquidity pool. Ours begins with a ' +
    'bankrupt position that nothing before it in the waterfall could close.',
  'gmx-adl2':
    'They accept a reduction that lowers the share of profits in the pool. Ours is sized by the ' +
    'bankrupt position and has no such condition.',
};
