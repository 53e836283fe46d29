/** Accounts that cool while liquidators are the only way out of them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DIRECT_ALONE, directStage } from '../../test/pools/direct-stage.ts';
import { eventsOf } from '../../test/pools/pool-driver.ts';
import { durationMs } from '../units/index.ts';

/** The trade was at 1,000, the fall is at 2,000: there are ten minutes for liquidators. */
function alone(coolOff: number) {
  const stage = directStage({ terms: { coolOffMs: durationMs(coolOff) } });
  stage.take(DIRECT_ALONE);
  return { stage, events: stage.fall('83') };
}

describe('an account that cools, with no other way', () => {
  test('is waited for rather than closed against others, until it has cooled', () => {
    const { stage, events } = alone(11_000);
    assert.deepEqual(eventsOf(events, 'TakeoverDecided'), []);
    assert.deepEqual(eventsOf(stage.pass(9_999), 'RouteChosen'), []);
    stage.refuse(stage.takeover('10'), 'COOLING_OFF');
    const [chosen] = eventsOf(stage.pass(1), 'RouteChosen');
    assert.equal(chosen!.route, 0);
    // Whoever could not come before has as long as anywhere.
    assert.equal(chosen!.untilMs, 12_000 + 600_000);
    stage.take(stage.takeover('10'));
  });

  test('is waited for no longer than liquidators are', () => {
    assert.deepEqual(eventsOf(alone(601_000).events, 'TakeoverDecided'), []);
    const [beyond] = eventsOf(alone(601_001).events, 'TakeoverDecided');
    assert.equal(beyond!.reason, 'routes-exhausted');
  });

  test('is not waited for once it owes more than it has', () => {
    const { stage } = alone(61_000);
    assert.equal(eventsOf(stage.fall('79.9'), 'TakeoverDecided')[0]!.reason, 'bankrupt');
  });

  test('is let go if prices restore it meanwhile', () => {
    const { stage } = alone(61_000);
    assert.equal(eventsOf(stage.fall('100'), 'LiquidationEnded')[0]!.outcome, 'restored');
  });
});
