import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyOf, recordRun, type SealedRun, sealedRun } from '../../test/pools/recorded-run.ts';
import {
  byteWriter,
  CommandEnvelope,
  decodeRecord,
  encode,
  type JournalRecord,
  writtenBytes,
} from '../engine/index.ts';
import {
  emptyJournalContent,
  type InMemoryJournalContent,
  inMemoryJournal,
  isFault,
} from '../ports/index.ts';
import { createChain, endsRun } from './chain-hash.ts';
import { RUN_RECORDS, type VerificationReport, verifyJournal } from './index.ts';
import { framesOf, writeFrame } from './record-frames.ts';

const verify = (content: InMemoryJournalContent): Promise<VerificationReport> =>
  verifyJournal({ journal: inMemoryJournal(content) });

const recordsOf = ({ commits }: InMemoryJournalContent): JournalRecord[] =>
  commits.flatMap(framesOf).map(({ body }) => {
    const decoded = decodeRecord(body);
    assert.ok(decoded.ok);
    return decoded.value;
  });

/** Other records in one commit, with every hash as if they had always been there. */
function forged(run: SealedRun, records: readonly JournalRecord[]): InMemoryJournalContent {
  const writer = byteWriter();
  for (const record of records) writeFrame(writer, record);
  const commit = { firstSeq: 1, lastSeq: records.length, bytes: writtenBytes(writer), seals: [] };
  return withForgedHashes({ commits: [commit], manifest: run.manifest });
}

function withForgedHashes(content: InMemoryJournalContent): InMemoryJournalContent {
  const chain = createChain();
  const commits = content.commits.map((commit) => {
    const seals = [];
    for (const { framed, seq } of framesOf(commit)) {
      chain.take(framed);
      if (endsRun(seq)) seals.push({ seq, chainHash: chain.endRun(), stateHash: null });
    }
    return { ...commit, seals };
  });
  const headSeq = commits.at(-1)!.lastSeq;
  return { commits, manifest: { ...content.manifest!, headSeq, chainHash: chain.current() } };
}

const renumbered = (records: readonly JournalRecord[]): JournalRecord[] =>
  records.map((record, at) => ({ ...record, seq: at + 1 }));

const isStart = ({ envelope }: JournalRecord): boolean =>
  envelope.command.type === 'StartLiquidations';

test('an honest journal verifies, and the report says what was compared', async () => {
  const run = await sealedRun({ ticks: 240, traders: 24, pool: { stateHashEveryRuns: 2 } });
  const { manifest, records } = run;
  const seen: number[] = [];
  const report = await verifyJournal({
    journal: inMemoryJournal(run.content),
    onProgress: ({ seq, headSeq }) => {
      assert.equal(headSeq, manifest.headSeq);
      seen.push(seq);
    },
  });
  assert.deepEqual(report.violations, []);
  assert.equal(report.complete, true);
  assert.equal(report.records, manifest.headSeq);
  assert.equal(report.commands, run.submissions.length);
  assert.equal(report.commands + report.internalCommands, report.records);
  const accepted = records.flatMap(({ outcome }) =>
    outcome.type === 'Accepted' ? outcome.events : [],
  );
  assert.equal(report.events, accepted.length);
  const rejections = records.filter(({ outcome }) => outcome.type === 'Rejected').length;
  assert.equal(report.rejections, rejections);
  assert.equal(report.seals, Math.floor(manifest.headSeq / RUN_RECORDS));
  assert.equal(report.stateHashes, Math.floor(manifest.headSeq / RUN_RECORDS / 2));
  assert.ok(report.stateHashes > 0);
  assert.deepEqual(
    [report.stateHash, report.chainHash, report.configHash],
    [manifest.stateHash, manifest.chainHash, manifest.configHash],
  );
  assert.equal(seen.length, run.content.commits.length);
});

test('a journal that was not sealed verifies too', async () => {
  const content = emptyJournalContent();
  const { pool } = await recordRun({ pool: { journal: inMemoryJournal(content) } });
  const report = await verify(content);
  assert.deepEqual(report.violations, []);
  assert.equal(report.headSeq, pool.head().seq);
});

test('any flipped byte is found', async () => {
  const { content } = await sealedRun({ ticks: 40, traders: 6 });
  const total = content.commits.reduce((sum, { bytes }) => sum + bytes.length, 0);
  for (let flip = 0; flip < 100; flip += 1) {
    const copy = copyOf(content);
    let at = (flip * 7_907 + 11) % total;
    const commit = copy.commits.find(({ bytes }) => {
      if (at < bytes.length) return true;
      at -= bytes.length;
      return false;
    })!;
    commit.bytes[at]! ^= 1 << (flip % 8);
    const found = await verify(copy).then(
      ({ violations }) => violations.length > 0,
      (error) => isFault(error, 'JOURNAL_CORRUPT'),
    );
    assert.ok(found, `byte ${at} of the commit from ${commit.firstSeq}`);
  }
});

test('an edited outcome is found by deciding again, even when every hash was redone', async () => {
  const run = await sealedRun({ ticks: 40, traders: 6 });
  const kinds = new Set<string>();
  const { commits } = run.content;
  for (const [number, commit] of commits.entries()) {
    const [frame] = framesOf(commit);
    const decoded = decodeRecord(frame!.body);
    assert.ok(decoded.ok);
    const { envelope } = decoded.value;
    if (kinds.has(envelope.command.type)) continue;
    kinds.add(envelope.command.type);
    // Version, seq and time come before the command, the outcome after it.
    const outcomeAt = 4 + 24 + encode(CommandEnvelope, envelope).length;
    const length = frame!.framed.length - outcomeAt;
    for (const share of [0.3, 0.6, 0.99]) {
      const copy = copyOf(run.content);
      copy.commits[number]!.bytes[outcomeAt + Math.floor(share * length)]! ^= 1;
      const { violations } = await verify(withForgedHashes(copy));
      const [violation] = violations;
      assert.equal(violation?.seq, frame!.seq, `${envelope.command.type} at ${share}`);
      assert.match(violation!.what, /^record/);
    }
  }
  assert.ok(kinds.size >= 9, [...kinds].join());
});

test('an edited amount is named with its path and both values', async () => {
  const run = await sealedRun();
  const records = recordsOf(run.content).map((record): JournalRecord => {
    const { outcome } = record;
    if (outcome.type === 'Rejected' || outcome.events[0]?.type !== 'InsuranceFunded') return record;
    const [event] = outcome.events;
    const amount = (event.amount + event.amount) as typeof event.amount;
    return { ...record, outcome: { type: 'Accepted', events: [{ ...event, amount }] } };
  });
  const { violations } = await verify(forged(run, records));
  assert.deepEqual(violations, [
    { seq: 5, what: 'record, at outcome.events[0].amount', expected: '5000', found: '10000' },
  ]);
});

test('an omitted liquidation is found', async () => {
  const run = await sealedRun();
  const records = recordsOf(run.content);
  const start = records.findIndex(isStart);
  const without = renumbered(records.filter((_, at) => at !== start));
  const { violations } = await verify(forged(run, without));
  assert.equal(violations[0]!.what, 'due work');
  assert.equal(violations[0]!.seq, start + 1);
  assert.match(violations[0]!.expected, /StartLiquidations/);
});

test('a liquidation put after another command is found', async () => {
  const run = await sealedRun();
  const records = recordsOf(run.content);
  const start = records.findIndex(isStart);
  const next = records.findIndex(({ envelope }, at) => at > start && envelope.source !== 'engine');
  const late = [...records];
  late.splice(start, 0, ...late.splice(next, 1));
  const { violations } = await verify(forged(run, renumbered(late)));
  assert.equal(violations[0]!.what, 'due work');
});

test('an internal command that was not due is found', async () => {
  const run = await sealedRun();
  const records = recordsOf(run.content);
  const start = records.find(isStart)!;
  const early = renumbered([...records.slice(0, 20), start, ...records.slice(20)]);
  const { violations } = await verify(forged(run, early));
  assert.equal(violations[0]!.what, 'due work');
  assert.equal(violations[0]!.seq, 21);
});

test('time that steps back is found', async () => {
  const run = await sealedRun();
  const records = recordsOf(run.content);
  const at = records.length - 1;
  const back = records.map((record, number) =>
    number === at ? { ...record, time: records[0]!.time } : record,
  );
  const { violations } = await verify(forged(run, back));
  assert.match(violations[0]!.what, /INV-11/);
});

test('a truncated journal is found by its manifest, or by the work it left', async () => {
  const run = await sealedRun();
  const records = recordsOf(run.content);
  const shorter = copyOf(run.content);
  shorter.commits.pop();
  const truncated = await verify(shorter);
  assert.match(truncated.violations[0]!.what, /truncated/);
  const start = records.findIndex(isStart);
  const cut = await verify(forged(run, records.slice(0, start)));
  assert.ok(cut.violations.some(({ what }) => what === 'work left at the end'));
});

test('wrong seals and manifests are found', async () => {
  const options = { ticks: 240, traders: 24, pool: { stateHashEveryRuns: 1 } };
  const { content } = await sealedRun(options);
  const expectFound = async (what: string, damage: (copy: InMemoryJournalContent) => void) => {
    const copy = copyOf(content);
    damage(copy);
    const { violations } = await verify(copy);
    assert.ok(
      violations.some((violation) => violation.what === what),
      `${what}: ${JSON.stringify(violations)}`,
    );
  };
  const reseal = (copy: InMemoryJournalContent, change: object): void => {
    const at = copy.commits.findIndex(({ seals }) => seals.length > 0);
    const commit = copy.commits[at]!;
    const seals = commit.seals.map((seal) => ({ ...seal, ...change }));
    copy.commits[at] = { ...commit, seals };
  };
  await expectFound('state hash', (copy) => reseal(copy, { stateHash: 'a' }));
  await expectFound('chain hash', (copy) => reseal(copy, { chainHash: 'a' }));
  await expectFound('chain hash', (copy) => reseal(copy, { seq: 1e9 }));
  await expectFound('manifest', (copy) => {
    copy.manifest = null;
  });
  for (const [what, change] of [
    ['chain hash of the manifest', { chainHash: 'a' }],
    ['state hash of the manifest', { stateHash: 'a' }],
    ['configuration hash', { configHash: 'a' }],
    ['last record', { headSeq: 1 }],
    ['record version', { recordVersion: 2 }],
    ['quarantined run', { status: 'quarantined' as const }],
  ] as const) {
    await expectFound(what, (copy) => {
      copy.manifest = { ...copy.manifest!, ...change };
    });
  }
});

test('verification stops after the first violations', async () => {
  const run = await sealedRun();
  const records = recordsOf(run.content);
  const start = records.findIndex(isStart);
  const without = renumbered(records.filter((_, at) => at !== start));
  const content = forged(run, without);
  const report = await verifyJournal({ journal: inMemoryJournal(content), violationsMax: 2 });
  assert.ok(report.violations.length >= 2);
  assert.equal(report.complete, false);
  assert.ok(report.records < records.length - 1);
});
