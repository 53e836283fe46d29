/** Applies a step of a receipt to the pool that its record found. @module */
import { type Event, evolve, type PoolState, poolParameters } from '../engine/index.ts';
import { assert, money, settlementOfMoney, ZERO_MONEY, ZERO_PRICE } from '../units/index.ts';
import { othersOf } from './others-of.ts';
import { effectOf } from './own-event.ts';
import { addGiver, addVault, OWN_ACCOUNT } from './pool-of-moment.ts';
import type { StepFacts, Terms } from './receipt-facts.ts';

/** The fund is not what is compared: it must only never be short. */
const PLENTY = money('100000000000000000');

/** Afterwards the account and its liquidation are as the record left them; the rest is not. */
export function applyStep(state: PoolState, step: StepFacts, terms: Terms): void {
  state.timeMs = step.timeMs;
  state.insuranceFund = PLENTY;
  for (const event of step.events.map((told) => forOneAccount(state, effectOf(told)))) {
    for (const account of othersOf(event)) addGiver(state, account);
    if (event.type === 'AccountTakenOver') addVault(state, event.vault, terms);
    evolve(state, event);
  }
  for (const { market, change } of step.changes) {
    const positions = [{ change, value: ZERO_MONEY }];
    assert(state.numbers.markets.has(market), 'RECEIPT', `${market} is not among the terms`);
    const settlementPrice = ZERO_PRICE;
    evolve(state, { type: 'PositionsSettled', market, settlementPrice, positions, nextAccount: 0 });
  }
  for (const { amount } of step.payments) {
    const { id: account } = state.accounts[OWN_ACCOUNT]!;
    const { settlementAsset: asset } = poolParameters(state);
    evolve(state, { type: 'Deposited', account, asset, amount: settlementOfMoney(amount) });
  }
}

/** A transfer is a deposit to the one and a withdrawal to the other, in this pool or another. */
function forOneAccount(state: PoolState, event: Event): Event {
  switch (event.type) {
    case 'TransferSent': {
      const { account, asset, amount } = event;
      return { type: 'Withdrawn', account, asset, amount };
    }
    case 'TransferReceived':
    case 'TransferReturned': {
      const { account, asset, amount } = event;
      return { type: 'Deposited', account, asset, amount };
    }
    case 'CollateralTransferred': {
      const { from, to, asset, amount } = event;
      return state.numbers.accounts.get(to) === OWN_ACCOUNT
        ? { type: 'Deposited', account: to, asset, amount }
        : { type: 'Withdrawn', account: from, asset, amount };
    }
    default:
      return event;
  }
}
