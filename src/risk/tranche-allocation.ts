/**
 * Insurance by outside capital: each tranche bears its own layer of the loss, between its
 * attachment and its detachment, out of its own capital and no further; and is paid a premium for
 * standing ready. Providers of one tranche hold shares of it (`vaultDeposit`, `vaultPayout`, with
 * its capital as equity), so a loss or a premium moves one number.
 * @module
 */
import {
  add,
  assert,
  clamp,
  cmp,
  cmpId,
  type DurationMs,
  divideDown,
  fromRaw,
  isNegative,
  isPositive,
  lt,
  type Money,
  max,
  min,
  ONE_RATIO,
  type Ratio,
  rawOf,
  sub,
  sum,
  ZERO_MONEY,
} from '../units/index.ts';

export type InsuranceTranche<Id extends string = string> = {
  /** At most once each; breaks ties between equal attachments. */
  readonly tranche: Id;
  /** Loss at which its layer begins, ≥ 0. */
  readonly attachment: Money;
  /** Loss at which its layer ends, > attachment: the difference is its cap. */
  readonly detachment: Money;
  /** Capital left to pay with, ≥ 0. */
  readonly available: Money;
};

export type TrancheAllocationInput<Id extends string = string> = {
  /** What reaches the tranches, ≥ 0. */
  readonly loss: Money;
  /**
   * Loss that the layers count from, ≥ 0: what already reached the tranches in the period that
   * the attachments are agreed for. Absent: 0, every loss is counted from the ground up.
   */
  readonly lossBefore?: Money;
  readonly tranches: readonly InsuranceTranche<Id>[];
};

export type TrancheAllocation<Id extends string = string> = {
  /** All tranches in input order; amounts ≥ 0. */
  readonly allocations: readonly { readonly tranche: Id; readonly amount: Money }[];
  /** What no tranche bears: between layers, above them, or beyond a tranche's capital. */
  readonly uncovered: Money;
};

/**
 * A loss laid over the tranches, in order of attachment.
 *
 *     start_i  = max(attachment_i, lossBefore, end of what the earlier ones bear)
 *     amount_i = min(min(detachment_i, lossBefore + loss) − start_i, available_i), at least 0
 *
 * Every unit of loss is borne by the first tranche, by attachment and then by id, whose layer
 * contains it and which has capital left. A layer does not move down: what lies below an
 * attachment, or in a layer whose tranche is out of capital, is uncovered unless another layer
 * contains it. One end of what is borne suffices to decide that, because a gap that was passed
 * lies below every later attachment.
 *
 * Units     Money → Money, ≥ 0
 * Rounding  None: amounts and uncovered sum to the loss exactly.
 * Asserts   loss, lossBefore, attachment, available ≥ 0 · attachment < detachment
 * Cost      O(n log n)
 * Source    Plimsoll; layers as in excess-of-loss reinsurance
 */
export function trancheAllocation<Id extends string>({
  loss,
  lossBefore = ZERO_MONEY,
  tranches,
}: TrancheAllocationInput<Id>): TrancheAllocation<Id> {
  assert(
    !isNegative(loss) && !isNegative(lossBefore),
    'TRANCHE_LOSS',
    'expected a loss and a loss before it of at least 0',
  );
  const order = tranches.map((_, index) => index);
  order.sort((a, b) => cmpTranche(tranches[a]!, tranches[b]!));
  const lossAfter = add(lossBefore, loss);
  const amounts = tranches.map(() => ZERO_MONEY);
  let borneTo = lossBefore;
  for (const index of order) {
    const { tranche, attachment, detachment, available } = tranches[index]!;
    assert(
      !isNegative(attachment) && lt(attachment, detachment) && !isNegative(available),
      'TRANCHE',
      `expected 0 ≤ attachment < detachment and capital of at least 0 of ${tranche}`,
    );
    const start = max(attachment, borneTo);
    const amount = clamp(sub(min(detachment, lossAfter), start), ZERO_MONEY, available);
    if (!isPositive(amount)) continue;
    amounts[index] = amount;
    borneTo = add(start, amount);
  }
  return {
    allocations: tranches.map(({ tranche }, index) => ({ tranche, amount: amounts[index]! })),
    uncovered: sub(loss, sum(amounts)),
  };
}

function cmpTranche(a: InsuranceTranche, b: InsuranceTranche): -1 | 0 | 1 {
  const byAttachment = cmp(a.attachment, b.attachment);
  return byAttachment === 0 ? cmpId(a.tranche, b.tranche) : byAttachment;
}

export type TranchePremiumInput = {
  /** Capital that stood ready, ≥ 0. */
  readonly capital: Money;
  /** Per year of 365 days and unit of capital, ≥ 0. */
  readonly premiumRate: Ratio;
  /** Since the capital or the rate last changed, or the premium was last paid. */
  readonly elapsedMs: DurationMs;
};

/** A year of 365 days. */
const YEAR_MS = BigInt(365 * 24 * 60 * 60 * 1000);

/**
 * What a tranche has earned by standing ready. Simple within the stretch; paid into the capital
 * it compounds.
 *
 *     premium = capital · premiumRate · elapsed / year
 *
 * Units     Money × Ratio × ms → Money, ≥ 0
 * Rounding  Down, once: the pool pays it, and pays no more than was agreed. A stretch that is
 *           paid in n parts pays less than n units of 1e-18 less than one that is paid at once.
 * Asserts   capital, premiumRate ≥ 0
 * Source    Plimsoll
 */
export function tranchePremium({ capital, premiumRate, elapsedMs }: TranchePremiumInput): Money {
  assert(
    !isNegative(capital) && !isNegative(premiumRate),
    'TRANCHE_PREMIUM',
    'expected a capital and a premium rate of at least 0',
  );
  const earned = rawOf(capital) * rawOf(premiumRate) * BigInt(elapsedMs);
  return fromRaw<Money>(divideDown(earned, rawOf(ONE_RATIO) * YEAR_MS));
}
