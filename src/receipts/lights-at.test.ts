import assert from 'node:assert/strict';
import { test } from 'node:test';
import { twoMarkets } from '../../test/pools/loss-stage.ts';
import { journalOf } from '../../test/pools/recorded-journal.ts';
import { inMemoryJournal } from '../ports/index.ts';
import { formatDecimal } from '../units/index.ts';
import { lightsAt } from './index.ts';

test('lights are those of the pool as the record that is asked for leaves it', async () => {
  const pool = twoMarkets();
  const bob = pool.account('bob', '1000');
  pool.fill(pool.maker, bob, { market: 'BTC-PERP', size: '2', price: '100' });
  const opened = pool.records.length;
  pool.price('BTC', '90', ['BTC-PERP']);
  const moved = pool.records.length;
  pool.fill(bob, pool.maker, { market: 'BTC-PERP', size: '2', price: '90' });
  const { journal } = await journalOf(pool.records, pool.engine.state);
  const at = async (untilSeq?: number) => {
    const found = await lightsAt(journal, { untilSeq });
    const side = found!.sides.find((own) => own.side === 'short');
    const [light] = side?.positions ?? [];
    return light === undefined
      ? [found!.seq, null]
      : [found!.seq, `${light.account} ${light.lights} ${formatDecimal(light.unrealizedPnl)}`];
  };
  assert.deepEqual(await at(opened), [opened, 'bob 0 0']);
  assert.deepEqual(await at(moved), [moved, 'bob 1 20']);
  assert.deepEqual(await at(), [pool.records.length, null]);
  assert.equal(await lightsAt(journal, { untilSeq: pool.records.length + 1 }), null);
  assert.equal(await lightsAt(inMemoryJournal()), null);
});
