/**
 * Counts a receipt again from its own facts: each step decided anew, each picture of the account
 * what the step before it left, every place in its order.
 * @module
 */
import { ENGINE_SOURCE, type Json, list, RoutingParameters } from '../engine/index.ts';
import { type Difference, firstDifference, RUN_RECORDS, runEndBefore } from '../runtime/index.ts';
import { applyStep } from './applied-step.ts';
import { decidedAgain } from './decided-again.ts';
import { capturedMoment } from './moment-capture.ts';
import { effectOf, OwnEvent, ofType } from './own-event.ts';
import { ownPart as partOf, type Watched } from './own-part.ts';
import { OWN_ACCOUNT } from './pool-of-moment.ts';
import { Moment, type ReceiptFacts, type StepFacts, type Terms } from './receipt-facts.ts';
import { poolAfter, stepsWithPools } from './receipt-statement.ts';

/** The first difference between what is told and what follows from the rest; null if none. */
export const recount = (facts: ReceiptFacts): Difference | null =>
  misplaced(facts) ?? misdecided(facts) ?? discontinued(facts);

const Events = list(OwnEvent);

function misdecided(facts: ReceiptFacts): Difference | null {
  for (const [at, { step, state }] of stepsWithPools(facts).entries()) {
    const expected = decidedAgain(state, step, facts);
    if (expected === null) continue;
    const found = Events.json(step.events);
    const difference = firstDifference(Events.json(expected), found, `steps[${at}].events`);
    if (difference !== null) return difference;
  }
  return null;
}

type Picture = { readonly [key: string]: Json };

const OWN_FIELDS = [
  'balance',
  'collaterals',
  'positions',
  'debts',
  'supplies',
  'riskRaisedMs',
  'noticedUntilMs',
  'liquidation',
] as const;

/** The account and its liquidation: what only its own records change. */
function ownPart(moment: Moment): Picture {
  const json = Moment.json(moment) as Picture;
  return Object.fromEntries(OWN_FIELDS.map((field) => [field, json[field]!]));
}

function discontinued(facts: ReceiptFacts): Difference | null {
  for (const [at, { step, state, terms }] of stepsWithPools(facts).entries()) {
    applyStep(state, step, terms);
    const left = capturedMoment(state, state.accounts[OWN_ACCOUNT]!, {
      markets: new Set(state.markets.keys()),
      assets: new Set(state.assets.keys()),
      desks: new Set(state.desks.keys()),
    });
    const next = facts.steps[at + 1];
    const changed = next === undefined ? facts.termsAfter : next.terms;
    const laddered = ladderDifference(step, changed ?? terms, at);
    if (laddered !== null) return laddered;
    const path = next === undefined ? 'after' : `steps[${at + 1}].before`;
    const found = ownPart(next?.before ?? facts.after);
    const difference = firstDifference(ownPart(left), found, path);
    if (difference !== null) return difference;
  }
  // The last terms must fit the last picture, whoever asks for it.
  poolAfter(facts);
  return null;
}

/** A ladder that is told to be new is the one in force afterwards. */
function ladderDifference(
  { events }: StepFacts,
  { routing }: Pick<Terms, 'routing'>,
  at: number,
): Difference | null {
  const told = ofType(events, 'RoutingConfigured').at(-1);
  if (told === undefined) return null;
  const found = RoutingParameters.json(told.parameters);
  const expected = routing && RoutingParameters.json(routing);
  return firstDifference(expected, found, `steps[${at}].events.parameters`);
}

const HASH = /^[0-9a-f]{64}$/;

/** Numbers, times and hashes where they belong. */
function misplaced(facts: ReceiptFacts): Difference | null {
  const { steps, journal, after } = facts;
  const first = steps[0]!;
  const last = steps.at(-1)!;
  const ended = ofType(last.events, 'LiquidationEnded').length > 0;
  const started = ofType(first.events, 'LiquidationStarted')[0];
  const { before, after: sealed, records } = journal;
  const stepRecords = records.slice(-steps.length).map(({ seq }) => seq);
  const prices = records.length - steps.length;
  const sealDue = runEndBefore(last.seq + RUN_RECORDS - 1);
  const whose = { liquidation: facts.liquidation, account: facts.account.account };
  const owned = (event: OwnEvent): boolean => {
    const part = partOf(effectOf(event), whose);
    return part !== null && 'event' in part && isAbout(event, whose);
  };
  const isSealed = sealed.seq % RUN_RECORDS === 0;
  const rules: readonly (readonly [holds: boolean, path: string, expected: string])[] = [
    [
      started?.liquidation === facts.liquidation,
      'liquidation',
      'the one that the first step starts',
    ],
    [steps.every((step) => step.events.every(owned)), 'steps', 'events about this account'],
    [steps.every(isSentRightly), 'steps', 'commands of the engine from the engine alone'],
    [steps.every(comesFromItsCommand), 'steps', 'what others’ records did, from their commands'],
    [started?.account === facts.account.account, 'account.account', 'the one that is liquidated'],
    [stepRecords.join() === steps.map(({ seq }) => seq).join(), 'journal.records', 'every step'],
    [prices === 0 || prices === 1, 'journal.records', 'every step and one price report'],
    [
      prices === 0 || records[0]!.seq < first.seq,
      'journal.records',
      'prices before the first step',
    ],
    [before.seq === runEndBefore(first.seq - 1), 'journal.before.seq', 'the last end of a run'],
    [sealed.seq >= last.seq, 'journal.after.seq', 'no record before the last step'],
    [sealed.sealed === isSealed, 'journal.after.sealed', 'true at the end of a run of records'],
    [!ended || sealed.seq <= sealDue, 'journal.after.seq', 'the first seal after the end'],
    [(after.liquidation === null) === ended, 'after.liquidation', 'none once it has ended'],
    [ascends(steps.map(({ seq }) => seq)), 'steps', 'records in their order'],
    [steps.every((step) => step.before.timeMs <= step.timeMs), 'steps', 'times in their order'],
    [ordered(timesOf(facts)), 'steps', 'times in their order'],
  ];
  const broken = rules.find(([holds]) => !holds);
  if (broken !== undefined) return { path: broken[1], expected: broken[2], found: 'otherwise' };
  const hashes = [before.chainHash, sealed.chainHash, ...records.map(({ sha256 }) => sha256)];
  const malformed = hashes.find((hash) => !HASH.test(hash));
  if (malformed === undefined) return null;
  return { path: 'journal', expected: 'SHA-256 in lower-case hex', found: malformed };
}

/** An event of the liquidation is of its account. */
const isAbout = (event: OwnEvent, { liquidation, account }: Watched): boolean =>
  !('liquidation' in event && event.liquidation === liquidation && 'account' in event) ||
  event.account === account;

const INTERNAL = ['StartLiquidations', 'StepLiquidation', 'SettleMarket'];

const isSentRightly = ({ command, source }: StepFacts): boolean =>
  INTERNAL.includes(command) === (source === ENGINE_SOURCE);

/** Markets settle, and shares of the vault are paid, by commands of their own. */
const comesFromItsCommand = ({ command, changes, payments }: StepFacts): boolean =>
  changes.every(({ event }) => (event === 'PositionsSettled') === (command === 'SettleMarket')) &&
  payments.every(({ event }) => (event === 'VaultRedeemed') === (command === 'RedeemVault'));

/** Of the pool and of the records, in the order in which they came. */
const timesOf = ({ steps, after }: ReceiptFacts): number[] => [
  ...steps.flatMap((step) => [step.before.timeMs, step.timeMs]),
  after.timeMs,
];

const ordered = (numbers: readonly number[]): boolean =>
  numbers.every((value, at) => at === 0 || numbers[at - 1]! <= value);

const ascends = (numbers: readonly number[]): boolean =>
  numbers.every((value, at) => at === 0 || numbers[at - 1]! < value);
