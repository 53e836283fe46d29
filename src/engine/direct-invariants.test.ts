/**
 * What the invariants say of direct liquidation, broken on purpose: a true event is falsified, and
 * the assertion with the number of the invariant has to stop it.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linksOf, USDC } from '../../test/links/linked-pools.ts';
import { bid, directStage, point } from '../../test/pools/direct-stage.ts';
import {
  accountId,
  amount,
  durationMs,
  InvariantViolation,
  money,
  neg,
  ratio,
  size,
} from '../units/index.ts';
import { assertEventInvariants } from './event-invariants.ts';
import { type Command, decide, ENGINE_SOURCE, type EventOf, type EventType } from './index.ts';

type Stage = ReturnType<typeof directStage>;

/** The code of the assertion that stops the first event of a type, falsified; null for none. */
function falsified<T extends EventType>(
  stage: Stage,
  input: { readonly command: Command; readonly type: T; readonly internal?: boolean },
  lie: (event: EventOf<T>) => Partial<EventOf<T>>,
): string | null {
  const { state } = stage.engine;
  const source = input.internal === true ? ENGINE_SOURCE : 'liar';
  const outcome = decide(state, { source, sourceSeq: 0, command: input.command }, stage.now());
  assert.ok(outcome.type === 'Accepted');
  const event = outcome.events.find(({ type }) => type === input.type) as EventOf<T>;
  assertEventInvariants(state, event);
  try {
    assertEventInvariants(state, { ...event, ...lie(event) } as EventOf<T>);
  } catch (problem) {
    assert.ok(problem instanceof InvariantViolation);
    return problem.code;
  }
  return null;
}

const fallen = (): Stage => {
  const stage = directStage();
  stage.fall('83');
  return stage;
};

const taking = (stage: Stage) =>
  ({ command: stage.takeover('10'), type: 'LiquidatedDirectly' }) as const;

test('INV-3: a take from a liquidation that does not run, or is on another way', () => {
  const stage = fallen();
  assert.equal(
    falsified(stage, taking(stage), () => ({ liquidation: 9 })),
    'INV-3',
  );
  const { command, type } = taking(stage);
  const outcome = decide(stage.engine.state, { source: 'x', sourceSeq: 0, command }, stage.now());
  assert.ok(outcome.type === 'Accepted');
  const event = outcome.events.find((each) => each.type === type)!;
  stage.wait(600_000);
  stage.fall('83');
  assert.throws(() => assertEventInvariants(stage.engine.state, event), { code: 'INV-3' });
});

test('INV-3: a take that does more than close, or closes the other way', () => {
  const stage = fallen();
  for (const sizeDelta of [size('10'), size('-50.001')]) {
    const lie = ({ liquidated }: EventOf<'LiquidatedDirectly'>) => {
      return { liquidated: { ...liquidated, sizeDelta } };
    };
    assert.equal(falsified(stage, taking(stage), lie), 'INV-3');
  }
});

test('INV-3: an owner that liquidates itself', () => {
  const stage = fallen();
  assert.equal(
    falsified(stage, taking(stage), () => ({ liquidator: stage.alice })),
    'INV-3',
  );
});

test('INV-4: a bonus beyond what the take releases, or a loss beyond the bonus', () => {
  const stage = fallen();
  // Ten contracts release 41.5, of which the penalty takes 4.15.
  const dear = () => ({ bonus: money('37.350000000000000005') });
  assert.equal(falsified(stage, taking(stage), dear), 'INV-4');
  const lie = ({ liquidated }: EventOf<'LiquidatedDirectly'>) => {
    return { liquidated: { ...liquidated, fee: money('0.000000000000000005') } };
  };
  assert.equal(falsified(stage, taking(stage), lie), 'INV-4');
});

test('INV-9: a bonus out of what the account does not have', () => {
  const stage = directStage({ terms: { minBonus: ratio('0.9'), maxBonus: ratio('0.9') } });
  stage.fall('80.1');
  const command = stage.takeover('50');
  // Of its 5 it may lose 5, and pay what it has lost.
  const lie = ({ liquidated, bonus }: EventOf<'LiquidatedDirectly'>) => ({
    bonus: money('5.000000000000000001'),
    liquidated: { ...liquidated, fee: money('0.000000000000000002') },
    taken: { ...liquidated, fee: bonus },
  });
  assert.equal(falsified(stage, { command, type: 'LiquidatedDirectly' }, lie), 'INV-9');
});

test('INV-7 and INV-9: a right that is paid otherwise than bid, or passed on otherwise', () => {
  const stage = directStage({ terms: { priorityWindowMs: durationMs(4_000) } });
  stage.fall('83');
  stage.take(bid(stage.keeper, '9'));
  stage.take(bid(stage.rival, '5'));
  // The pool's time reaches the end of the window before the award is taken.
  stage.engine.state.timeMs = stage.liquidation()!.priority!.untilMs;
  stage.wait(4_000);
  const command = { type: 'StepLiquidation', liquidation: 1 } as const;
  const about = { command, type: 'PriorityAwarded', internal: true } as const;
  const lies: ((event: EventOf<'PriorityAwarded'>) => Partial<EventOf<'PriorityAwarded'>>)[] = [
    () => ({ accountProceeds: money('6.750000000000000001') }),
    ({ payment }) => ({ accountProceeds: neg(payment), insuranceContribution: money('18') }),
    () => ({ winner: null }),
    () => ({ winner: stage.rival }),
    () => ({
      winner: stage.rival,
      payment: money('5'),
      accountProceeds: money('5'),
      insuranceContribution: money('0'),
    }),
  ];
  for (const lie of lies) assert.equal(falsified(stage, about, lie), 'INV-7');
  stage.engine.state.accounts[stage.engine.state.numbers.accounts.get(stage.keeper)!]!.balance =
    money('8');
  const all = { bidder: accountId('keeper'), amount: money('9'), payable: true };
  const rich = () => ({
    bids: [all],
    winner: stage.keeper,
    payment: money('9'),
    accountProceeds: money('9'),
    insuranceContribution: money('0'),
  });
  assert.equal(falsified(stage, about, rich), 'INV-9');
});

test('INV-19: a right that is paid with what was pledged to the winner', () => {
  const stage = directStage({ terms: { priorityWindowMs: durationMs(4_000) } });
  stage.fall('83');
  stage.take(bid(stage.keeper, '9'));
  stage.take(linksOf('here', ['elsewhere']));
  stage.take({
    type: 'TransferIn',
    fromPool: 'elsewhere',
    number: 1,
    purpose: 'pledge',
    pledge: null,
    fromAccount: accountId('giver'),
    account: stage.keeper,
    asset: USDC,
    amount: amount('1'),
  });
  const { state } = stage.engine;
  const keeper = state.accounts[state.numbers.accounts.get(stage.keeper)!]!;
  state.timeMs = stage.liquidation()!.priority!.untilMs;
  stage.wait(4_000);
  const command = { type: 'StepLiquidation', liquidation: 1 } as const;
  const award = () =>
    falsified(stage, { command, type: 'PriorityAwarded', internal: true }, () => ({
      bids: [{ bidder: stage.keeper, amount: money('9'), payable: true }],
      winner: stage.keeper,
      payment: money('9'),
      accountProceeds: money('9'),
      insuranceContribution: money('0'),
    }));
  keeper.balance = money('9.999999999999999999');
  assert.equal(award(), 'INV-19');
  keeper.balance = money('10');
  assert.equal(award(), null);
});

test('INV-7: a finder that gets more than it was promised, or found nothing', () => {
  const stage = directStage({ finders: {} });
  stage.fall('83');
  stage.take(point());
  const about = { command: stage.takeover('37.298', { liquidator: stage.rival }) };
  const charge = { ...about, type: 'PenaltyCharged' } as const;
  const more = () => ({ keeperReward: money('2.500000000000000001') });
  assert.equal(falsified(stage, charge, more), 'INV-7');
  assert.equal(
    falsified(stage, charge, () => ({ keeper: stage.rival })),
    'INV-7',
  );
  assert.equal(
    falsified(stage, charge, () => ({ keeper: null })),
    'INV-7',
  );
});
