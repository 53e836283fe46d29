import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crashSmallPool } from '../../test/pools/small-pool.ts';
import { inMemoryJournal } from '../ports/index.ts';
import { startPool } from './index.ts';

test('thin path', async () => {
  const journal = inMemoryJournal();
  const pool = await startPool({ journal });
  let n = 0;
  await crashSmallPool(async (command, time) => {
    n += 1;
    const records = pool.submit({ source: 'test', sourceSeq: n, command, time });
    await pool.commit();
    return records;
  });
  const manifest = await pool.seal();
  console.log(n, manifest, pool.engine.state.liquidations.size, pool.engine.state.nextLiquidation);
  const again = await startPool({ journal });
  assert.equal(again.recovered.replayed, pool.head().seq);
});
