/**
 * Verification: every command of a journal is decided again on the state that the records before
 * it left, and what was recorded must be what comes out, byte for byte. Which work was due is
 * recomputed too, so that an omitted liquidation is found, and every recorded hash is compared.
 * @module
 */
import { audit, RECORD_VERSION } from '../engine/index.ts';
import type { Journal, Manifest } from '../ports/index.ts';
import { configurationHash } from './configuration-hash.ts';
import { ENGINE_VERSION } from './engine-version.ts';
import { framesOf } from './record-frames.ts';
import {
  createVerifier,
  expectEqual,
  type Verifier,
  type Violation,
  verifyHashes,
  verifyRecord,
} from './verifier.ts';

export type VerificationReport = {
  readonly manifest: Manifest | null;
  /** Of the verifier: another version than the manifest's may decide otherwise. */
  readonly engineVersion: string;
  readonly headSeq: number;
  readonly records: number;
  /** Records from outside. */
  readonly commands: number;
  /** Records of the engine's own due work. */
  readonly internalCommands: number;
  readonly events: number;
  readonly rejections: number;
  /** Seals compared, and how many of them carried a state hash. */
  readonly seals: number;
  readonly stateHashes: number;
  /** Of the last record; null where no state was left to hash. */
  readonly stateHash: string | null;
  readonly chainHash: string;
  readonly configHash: string | null;
  readonly violations: readonly Violation[];
  /** False when verification gave up early: too many violations, or nothing left to go on from. */
  readonly complete: boolean;
};

export type VerificationOptions = {
  readonly journal: Journal;
  /** Last record to verify; without it all there are, and what the manifest says of them. */
  readonly untilSeq?: number;
  /** Default 20. */
  readonly violationsMax?: number;
  /** Called after each commit; `headSeq` is the manifest's, null without one. */
  readonly onProgress?: (progress: {
    readonly seq: number;
    readonly headSeq: number | null;
  }) => void;
};

const VIOLATIONS_MAX = 20;

/**
 * Reads only.
 * @throws JOURNAL_CORRUPT and other faults of a journal that cannot be read at all.
 */
export async function verifyJournal(options: VerificationOptions): Promise<VerificationReport> {
  const { journal, onProgress, violationsMax = VIOLATIONS_MAX } = options;
  const { untilSeq = Number.MAX_SAFE_INTEGER } = options;
  const manifest = await journal.manifest();
  const verifier = createVerifier();
  const stopped = (): boolean => verifier.lost || verifier.violations.length >= violationsMax;
  let reached = false;
  for await (const commit of journal.read({ fromSeq: 1 })) {
    const seals = new Map(commit.seals.map((seal) => [seal.seq, seal] as const));
    for (const frame of framesOf(commit)) {
      reached = frame.seq > untilSeq;
      if (reached || stopped()) break;
      verifyRecord(verifier, frame);
      verifyHashes(verifier, frame, seals.get(frame.seq) ?? null);
    }
    onProgress?.({ seq: verifier.seq, headSeq: manifest?.headSeq ?? null });
    if (reached || stopped()) break;
  }
  const complete = !stopped();
  if (complete && !reached) verifyEnd(verifier, manifest);
  const { chain, counts, engine, hasher, violations } = verifier;
  return {
    manifest,
    engineVersion: ENGINE_VERSION,
    headSeq: verifier.seq,
    records: counts.commands + counts.internalCommands,
    ...counts,
    stateHash: verifier.lost ? null : hasher(engine.state),
    chainHash: chain.current(),
    configHash: configurationHash(engine.state),
    violations,
    complete,
  };
}

function verifyEnd(verifier: Verifier, manifest: Manifest | null): void {
  const { chain, due, engine, hasher } = verifier;
  const unfinished = due === null ? 'nothing' : JSON.stringify(due);
  expectEqual(verifier, 'work left at the end', { expected: 'nothing', found: unfinished });
  for (const problem of audit(engine.state).problems) {
    expectEqual(verifier, 'audit', { expected: 'a pool in balance', found: problem });
  }
  if (manifest === null) {
    const found = verifier.seq === 0 ? 'an empty journal' : 'none';
    expectEqual(verifier, 'manifest', { expected: 'a manifest', found });
    return;
  }
  expectEqual(verifier, 'record version', {
    expected: `${RECORD_VERSION}`,
    found: `${manifest.recordVersion}`,
  });
  if (manifest.status === 'quarantined') {
    const found = manifest.problem ?? 'no reason given';
    expectEqual(verifier, 'quarantined run', { expected: 'a run without defect', found });
  }
  if (manifest.headSeq > verifier.seq) {
    const pair = { expected: `${manifest.headSeq}`, found: `${verifier.seq}` };
    expectEqual(verifier, 'last record: the journal was truncated', pair);
    return;
  }
  if (manifest.status !== 'sealed') return;
  const pairs = [
    ['last record', `${verifier.seq}`, `${manifest.headSeq}`],
    ['chain hash of the manifest', chain.current(), manifest.chainHash],
    ['state hash of the manifest', hasher(engine.state), manifest.stateHash],
    ['configuration hash', configurationHash(engine.state), manifest.configHash],
  ] as const;
  for (const [what, expected, found] of pairs) {
    expectEqual(verifier, what, { expected: `${expected}`, found: `${found}` });
  }
}
