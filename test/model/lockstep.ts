/**
 * The engine and the model side by side: the same commands, and after each the same events, the
 * same refusals, the same due work; regularly the same state.
 * @module
 */
import {
  applyRecord,
  audit,
  type Command,
  type CommandEnvelope,
  createEngine,
  decide,
  dueWork,
  ENGINE_SOURCE,
  type JournalRecord,
  type Outcome,
} from '../../src/engine/index.ts';
import { engineTimeMs } from '../../src/units/index.ts';
import {
  findAccount,
  type Ledger,
  type ModelCommand,
  type ModelEvent,
  type ModelEventOf,
} from './ledger.ts';
import { createModel, type ModelEnvelope, type ModelOutcome } from './model.ts';
import { brokenStatement } from './oracle.ts';
import { enginePicture, firstDifference, modelPicture, shown } from './picture.ts';
import type { Author, Entry } from './script.ts';
import { isDeskCustomer } from './stage.ts';

/** The engine as the comparison sees it; a planted bug is a subject that answers differently. */
export type Subject = {
  readonly take: (envelope: CommandEnvelope, time: number) => Outcome;
  readonly dueWork: () => Command | null;
  readonly picture: () => unknown;
  readonly problems: () => readonly string[];
};

export function engineSubject(): Subject {
  const engine = createEngine();
  let seq = 0;
  return {
    take: (envelope, time) => {
      seq += 1;
      const at = engineTimeMs(time);
      const outcome = decide(engine.state, envelope, at);
      const record: JournalRecord = { version: 1, seq, time: at, envelope, outcome };
      applyRecord(engine, record);
      return outcome;
    },
    dueWork: () => dueWork(engine),
    picture: () => enginePicture(engine.state),
    problems: () => audit(engine.state).problems,
  };
}

/** What the commands of many cases have led to: `kind name` to how often. */
export type Coverage = Map<string, number>;

/** The engine and the model disagreed. */
export class Divergence extends Error {
  override readonly name = 'Divergence';
}

export type Lockstep = {
  /**
   * Takes one outside command and all work that it makes due. The liquidation of an account that
   * owes or lends ends the run, once both sides have asked for it: nothing is taken any more.
   */
  readonly take: (entry: Entry) => void;
  readonly hasEnded: () => boolean;
  readonly compareStates: () => void;
  readonly records: () => number;
  readonly model: ReturnType<typeof createModel>;
};

/** Internal commands after one outside command; more of them means that work never ends. */
const DUE_WORK_MAX = 2_000;

export function createLockstep(subject: Subject, coverage: Coverage): Lockstep {
  const model = createModel();
  let records = 0;
  let ended = false;
  const both = (envelope: ModelEnvelope, time: number): void => {
    records += 1;
    const before = model.ledger();
    const expected = model.apply(envelope, time);
    const outcome = guarded(envelope, () => subject.take(branded(envelope), time));
    const found = withoutDetails(outcome);
    note(coverage, expected);
    const difference = firstDifference(expected, found);
    if (difference !== null) throw new Divergence(`${shown(envelope)}: ${difference}`);
    if (expected.type === 'Rejected') return;
    const broken = brokenStatement({ before, after: model.ledger(), events: expected.events });
    if (broken !== null) throw new Divergence(`${shown(envelope)}: ${broken}`);
  };
  const compareStates = (): void => {
    const difference = firstDifference(modelPicture(model.ledger()), subject.picture());
    if (difference !== null) throw new Divergence(`state${difference}`);
    const problems = subject.problems();
    if (problems.length > 0) throw new Divergence(problems.join('; '));
  };
  return {
    hasEnded: () => ended,
    take: ({ envelope, time, lagMs }) => {
      if (ended) return;
      both(envelope, time);
      for (let count = 0; ; count += 1) {
        const expected = model.dueWork();
        const found = guarded(envelope, () => subject.dueWork());
        const difference = firstDifference(expected, found);
        if (difference !== null) throw new Divergence(`due work${difference}`);
        if (expected === null) return;
        ended = startsDeskCustomer(model.ledger(), expected);
        if (ended) {
          noteEnd(coverage);
          return;
        }
        if (count === DUE_WORK_MAX) throw new Divergence(`due work never ends: ${shown(expected)}`);
        both({ source: ENGINE_SOURCE, sourceSeq: 0, command: expected }, time + lagMs);
      }
    },
    compareStates,
    records: () => records,
    model,
  };
}

/** The model does not know how debts and claims on desks are liquidated. */
export const startsDeskCustomer = (ledger: Ledger, due: ModelCommand): boolean =>
  due.type === 'StartLiquidations' &&
  due.accounts.some((id) => isDeskCustomer(findAccount(ledger, id)!));

export const BORROWER_FALLS = 'a borrower or lender is to be liquidated';

function noteEnd(coverage: Coverage): void {
  coverage.set(BORROWER_FALLS, (coverage.get(BORROWER_FALLS) ?? 0) + 1);
}

/** The engine may refuse whatever comes from outside, but never fail on it. */
function guarded<T>(envelope: ModelEnvelope, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const says = cause instanceof Error ? cause.message : String(cause);
    throw new Divergence(`${shown(envelope)}: the engine threw ${says}`, { cause });
  }
}

/** The library's types for values whose shape is the same without brands. */
const branded = (envelope: ModelEnvelope): CommandEnvelope =>
  envelope as unknown as CommandEnvelope;

function withoutDetails(outcome: Outcome): unknown {
  return outcome.type === 'Rejected' ? { type: 'Rejected', code: outcome.rejection.code } : outcome;
}

function note(coverage: Coverage, outcome: ModelOutcome): void {
  const count = (name: string): void => {
    coverage.set(name, (coverage.get(name) ?? 0) + 1);
  };
  if (outcome.type === 'Rejected') {
    count(`code ${outcome.code}`);
    return;
  }
  for (const event of outcome.events) {
    count(`event ${event.type}`);
    for (const variant of variantsOf(event)) count(variant);
  }
}

/** What makes an event differ from others of its type, as far as it decides who pays. */
function variantsOf(event: ModelEvent): string[] {
  switch (event.type) {
    case 'TakeoverDecided':
      return [`takeover ${event.reason}`];
    case 'LiquidationEnded':
      return [`outcome ${event.outcome}`];
    case 'OrderFinished':
      return [`order ${event.reason}`];
    case 'CloseOutPlanned':
      return planVariants(event);
    case 'OrderCancelRequested':
      return [`taken back as ${event.reason}`];
    case 'BreakerTripped':
      return [`tripped by ${event.reason}`];
    case 'MarksGuarded':
      return event.markets.flatMap(({ stablePrice, unboundMark }) => [
        ...(stablePrice === null ? [] : ['a stable price that moves']),
        ...(unboundMark === null ? [] : ['a mark kept from moving so far']),
      ]);
    case 'BreakerReleased':
      return [`released as ${event.cause}`];
    case 'PositionsDeleveraged': {
      const { policy, counterparties, residualLoss } = event;
      return [
        `deleveraging by ${policy}`,
        ...(counterparties.length > 1 ? ['deleveraging of several'] : []),
        ...(counterparties.some(({ taken }) => taken > 0n) ? ['deleveraging that takes'] : []),
        ...(counterparties.some(({ price }) => price === null) ? ['deleveraging at no price'] : []),
        ...(residualLoss > 0n ? ['deleveraging with a residual'] : []),
      ];
    }
    case 'BadDebtSettled':
      return [
        ...(event.insurancePaid > 0n ? ['bad debt paid by the fund'] : []),
        ...(event.socialized.length > 1 ? ['bad debt socialized'] : []),
        ...(event.unallocated > 0n ? ['bad debt unallocated'] : []),
      ];
    case 'PremiumPaid':
      return event.amount === 0n ? ['a premium of nothing'] : [];
    case 'TrancheDeposited': {
      const { capital, sharesTotal } = event;
      if (capital > sharesTotal) return ['a deposit into a tranche that gained'];
      return capital < sharesTotal ? ['a deposit into a tranche that lost'] : [];
    }
    case 'TrancheRedeemed':
      return [`an exit of ${event.shares < event.sharesTotal ? 'part' : 'all'} of a tranche`];
    default:
      return [];
  }
}

function planVariants({
  policy,
  orderStyle,
  restores,
  legs,
}: ModelEventOf<'CloseOutPlanned'>): string[] {
  return [
    `plan by ${policy}`,
    `plan for orders of style ${orderStyle}`,
    restores ? 'plan that restores' : 'plan that falls short',
    ...(legs.filter(({ size }) => size > 0n).length > 1 ? ['plan of several legs'] : []),
    ...(legs.some(({ closable }) => closable === 0n) ? ['plan without room for a leg'] : []),
  ];
}

export type CaseResult = { readonly records: number; readonly entries: readonly Entry[] };

/** Runs one case and compares the states every few commands and at its end. */
export function runCase(
  author: Author,
  input: { commands: number; subject: Subject; coverage: Coverage; entries?: Entry[] },
): CaseResult {
  const { commands, subject, coverage, entries = [] } = input;
  const lockstep = createLockstep(subject, coverage);
  for (let count = 1; count <= commands; count += 1) {
    const entry = author(lockstep.model.ledger());
    entries.push(entry);
    lockstep.take(entry);
    if (lockstep.hasEnded()) break;
    if (count % 16 === 0) lockstep.compareStates();
  }
  lockstep.compareStates();
  return { records: lockstep.records(), entries };
}
