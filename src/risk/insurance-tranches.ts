/**
 * Outside capital behind the insurance fund, in layers: each tranche answers for the part of the
 * losses between two amounts, with the capital that it has, and is paid for standing by. Knows
 * nothing about who may leave a tranche and when; shares of a tranche are those of a vault
 * (`vaultDeposit`, `vaultPayout`), whose equity is the tranche's capital.
 * @module
 */
import {
  assert,
  cmp,
  cmpId,
  type DurationMs,
  divideDown,
  fromRaw,
  isNegative,
  isPositive,
  isZero,
  lte,
  type Money,
  ONE_RATIO,
  type Ratio,
  rawOf,
  sub,
  sum,
  ZERO_MONEY,
} from '../units/index.ts';
import { largestRemainder } from './largest-remainder.ts';

export type InsuranceTranche<Id extends string = string> = {
  readonly tranche: Id;
  /** Losses up to here are not its own, ≥ 0. */
  readonly attachment: Money;
  /** Losses beyond here are not its own, > attachment. */
  readonly detachment: Money;
  /** What it can pay, ≥ 0; may be less than its layer is wide. */
  readonly available: Money;
};

export type TrancheAllocationInput<Id extends string = string> = {
  /** What is left of this event's loss, ≥ 0. */
  readonly loss: Money;
  /** Losses that the layers have counted before this one, ≥ 0; absent: none. */
  readonly lossBefore?: Money | null;
  /** In any order, each once. */
  readonly tranches: readonly InsuranceTranche<Id>[];
};

export type TrancheAllocation<Id extends string = string> = {
  /** Every tranche, in input order; paid between 0 and what is available. */
  readonly allocations: readonly { readonly tranche: Id; readonly paid: Money }[];
  /** What no tranche answers for, or had the capital for; moves down the waterfall. */
  readonly uncovered: Money;
};

/** A stretch of losses that nobody has paid yet, in units of 1e-18 of money; from < to. */
type Stretch = { readonly from: bigint; readonly to: bigint };

/**
 * Who of the tranches bears a loss, and what they leave.
 *
 * The loss is the stretch from `lossBefore` to `lossBefore + loss`. In order of attachment, ties by
 * id, each tranche pays the lowest part of that stretch inside its layer that nobody before it has
 * paid, as far as its capital goes. A gap between layers, or a layer whose capital is used up,
 * stays uncovered: a tranche never pays below its attachment because the one beneath it is empty,
 * unless the layers overlap there.
 *
 *     Σ paid + uncovered = loss
 *
 * With `lossBefore` the sum of what a period has lost already, the layers are of the period
 * (aggregate); without it they are of each event.
 *
 * Units     Money → Money, ≥ 0
 * Rounding  None: sums and differences alone.
 * Asserts   loss, lossBefore, available ≥ 0 · 0 ≤ attachment < detachment
 * Cost      O(n²) in the tranches where layers overlap in pieces, else O(n log n)
 * Source    Excess-of-loss layers of reinsurance
 */
export function trancheAllocation<Id extends string>(
  input: TrancheAllocationInput<Id>,
): TrancheAllocation<Id> {
  const { loss, tranches } = input;
  const before = input.lossBefore ?? ZERO_MONEY;
  assert(!isNegative(loss), 'TRANCHE', 'expected a loss of at least 0');
  assert(!isNegative(before), 'TRANCHE', 'expected losses before of at least 0');
  const order = tranches.map((_, at) => at);
  order.sort((a, b) => {
    const byAttachment = cmp(tranches[a]!.attachment, tranches[b]!.attachment);
    return byAttachment === 0 ? cmpId(tranches[a]!.tranche, tranches[b]!.tranche) : byAttachment;
  });
  const paid = tranches.map(() => 0n);
  const start = rawOf(before);
  let open: readonly Stretch[] = isZero(loss) ? [] : [{ from: start, to: start + rawOf(loss) }];
  for (const at of order) {
    assertLayer(tranches[at]!);
    const payment = paidBy(tranches[at]!, open);
    paid[at] = payment.paid;
    open = payment.open;
  }
  const amounts = paid.map((raw) => fromRaw<Money>(raw));
  return {
    allocations: tranches.map(({ tranche }, at) => ({ tranche, paid: amounts[at]! })),
    uncovered: sub(loss, sum(amounts)),
  };
}

function assertLayer({ tranche, attachment, detachment, available }: InsuranceTranche): void {
  assert(
    !isNegative(attachment) && !lte(detachment, attachment),
    'TRANCHE',
    `expected ${tranche} to attach at 0 or above and to detach above that`,
  );
  assert(!isNegative(available), 'TRANCHE', `expected capital of ${tranche} of at least 0`);
}

/** What a tranche pays of the open stretches, lowest first, and what stays open. */
function paidBy(
  { attachment, detachment, available }: InsuranceTranche,
  open: readonly Stretch[],
): { readonly paid: bigint; readonly open: readonly Stretch[] } {
  const low = rawOf(attachment);
  const high = rawOf(detachment);
  let left = rawOf(available);
  const remaining: Stretch[] = [];
  for (const { from, to } of open) {
    const start = from > low ? from : low;
    const layerEnd = to < high ? to : high;
    const end = layerEnd - start > left ? start + left : layerEnd;
    if (end <= start) {
      remaining.push({ from, to });
      continue;
    }
    left -= end - start;
    if (from < start) remaining.push({ from, to: start });
    if (end < to) remaining.push({ from: end, to });
  }
  return { paid: rawOf(available) - left, open: remaining };
}

export type TrancheProviderLossesInput<Id extends string = string> = {
  /** What the tranche pays, between 0 and the capital of all. */
  readonly paid: Money;
  /** Capital of each provider, ≥ 0; each once. */
  readonly providers: readonly { readonly provider: Id; readonly capital: Money }[];
};

/**
 * What each provider of one tranche loses of its capital.
 *
 *     loss_i = paid · capital_i / Σ capital
 *
 * Units     Money → Money, in input order, between 0 and the provider's capital
 * Rounding  By largest remainder to the unit, ties by provider: the losses sum to what is paid
 *           exactly and none differs from its exact share by a unit.
 * Asserts   0 ≤ paid ≤ Σ capital · capital ≥ 0
 * Cost      O(n log n)
 * Source    Plimsoll
 */
export function trancheProviderLosses<Id extends string>({
  paid,
  providers,
}: TrancheProviderLossesInput<Id>): Money[] {
  const capital = sum(providers.map((each) => each.capital));
  assert(
    !isNegative(paid) && lte(paid, capital),
    'TRANCHE',
    'expected a payment of at least 0 and at most the capital of all providers',
  );
  if (!isPositive(paid)) return providers.map(() => ZERO_MONEY);
  const shares = providers.map(({ provider, capital: own }) => ({
    id: provider,
    numerator: rawOf(paid) * rawOf(own),
    room: rawOf(own),
  }));
  const units = largestRemainder({ total: rawOf(paid), denominator: rawOf(capital), shares });
  return units.map((raw) => fromRaw<Money>(raw));
}

export type TranchePremiumInput = {
  /** What stands by over the whole stretch, ≥ 0. */
  readonly capital: Money;
  /** Per year and unit of capital, ≥ 0. */
  readonly premiumRate: Ratio;
  readonly elapsedMs: DurationMs;
};

/** A year of 365 days. */
const YEAR_MS = BigInt(365 * 24 * 60 * 60 * 1000);

/**
 * What is owed to a tranche for having stood by.
 *
 *     premium = capital · premiumRate · elapsed / year
 *
 * Simple: a premium that was paid out earns none. The caller accrues whenever the capital changes,
 * so that each stretch has one capital.
 *
 * Units     Money, Ratio per year, ms → Money, ≥ 0
 * Rounding  Down, in favour of whoever pays it: the pool never pays for time that has not passed.
 *           Accruing in n parts pays at most n − 1 units less than at once, and never more.
 * Asserts   capital, premiumRate ≥ 0
 * Source    Plimsoll
 */
export function tranchePremium({ capital, premiumRate, elapsedMs }: TranchePremiumInput): Money {
  assert(
    !isNegative(capital) && !isNegative(premiumRate),
    'TRANCHE',
    'expected a capital and a premium rate of at least 0',
  );
  const accrued = rawOf(capital) * rawOf(premiumRate) * BigInt(elapsedMs);
  return fromRaw<Money>(divideDown(accrued, rawOf(ONE_RATIO) * YEAR_MS));
}
