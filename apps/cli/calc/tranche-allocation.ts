/**
 * Who of the insurance tranches bears a loss, and what they are owed for standing by.
 * @module
 */
import { trancheAllocation, tranchePremium, trancheProviderLosses } from 'plimsoll/risk';
import { durationMs, gt, type Money, rawOf, sum, ZERO_MONEY, ZERO_RATIO } from 'plimsoll/units';
import { answer, calc, type Json, shown } from './calc-definition.ts';
import { duration, isMoneyInRange, MONEY_IN_RANGE, money, ratio } from './quantity.ts';
import { checked, fallback, id, list, optional, record, refused, type ValueOf } from './shape.ts';

const ONE = 10n ** 18n;
const YEAR_MS = 365n * 24n * 60n * 60n * 1000n;
const TRANCHES_MAX = 100;
const PROVIDERS_MAX = 1000;

const trancheFields = {
  tranche: id('Its name; each once'),
  attachment: money('Losses up to here are not its own', { atLeast: '0' }),
  detachment: money('Losses beyond here are not its own; above the attachment', { above: '0' }),
  available: optional(money('What it can pay; absent: what its providers hold', { atLeast: '0' })),
  providers: fallback(
    list(
      'Whose capital it is; absent: not told apart',
      record('A provider', {
        provider: id('Its name; each once'),
        capital: money('What it holds of the tranche', { atLeast: '0' }),
      }),
      { atMost: PROVIDERS_MAX, unique: 'provider' },
    ),
    [],
  ),
  premiumRate: fallback(
    ratio('Premium per year and unit of capital; default 0', { atLeast: '0' }),
    ZERO_RATIO,
  ),
};

type Tranche = ValueOf<typeof trancheFields>;

const capitalOf = ({ available, providers }: Tranche): Money =>
  available ?? sum(providers.map(({ capital }) => capital));

const tranche = checked(record('A tranche', trancheFields), (each) => {
  const { attachment, detachment, available, providers } = each;
  if (!gt(detachment, attachment)) return 'expected detachment above attachment';
  if (available === null && providers.length === 0) return 'expected available or providers';
  const held = sum(providers.map(({ capital }) => capital));
  if (!isMoneyInRange(rawOf(held))) {
    return `expected capital of providers of which the sum has ${MONEY_IN_RANGE}`;
  }
  if (available !== null && providers.length > 0 && available !== held) {
    return 'expected available to be the sum of the capital of the providers, or to be absent';
  }
  return null;
});

function shownTranche(each: Tranche, paid: Money, premium: Money): Json {
  const losses = each.providers.length === 0 ? [] : trancheProviderLosses({ ...each, paid });
  return {
    tranche: each.tranche,
    paid: shown(paid),
    providers: each.providers.map(({ provider }, at) => ({
      provider,
      paid: shown(losses[at]!),
    })),
    premium: shown(premium),
  };
}

export const trancheAllocationCalc = calc({
  name: 'tranche-allocation',
  summary: 'What each insurance tranche and provider pays of a loss, and the premium they earned.',
  source: 'Excess-of-loss layers of reinsurance',
  input: record('', {
    loss: money('What the insurance fund left of the loss', { atLeast: '0' }),
    lossBefore: fallback(
      money('Losses that the layers have counted before; default 0', { atLeast: '0' }),
      ZERO_MONEY,
    ),
    tranches: list('Layers in any order', tranche, { atMost: TRANCHES_MAX, unique: 'tranche' }),
    elapsedMs: fallback(duration('Time that premiums accrue for; default 0'), durationMs(0)),
  }),
  outputs: {
    'allocations[].tranche': 'id',
    'allocations[].paid': 'money',
    'allocations[].providers[].provider': 'id',
    'allocations[].providers[].paid': 'money',
    'allocations[].premium': 'money, on the capital before the loss',
    uncovered: 'money; moves down the waterfall',
  },
  compute: ({ loss, lossBefore, tranches, elapsedMs }) => {
    for (const each of tranches) {
      const accrued = rawOf(capitalOf(each)) * rawOf(each.premiumRate) * BigInt(elapsedMs);
      if (!isMoneyInRange(accrued / (ONE * YEAR_MS))) {
        return refused('elapsedMs', `expected a premium of ${MONEY_IN_RANGE}`);
      }
    }
    const layers = tranches.map((each) => ({ ...each, available: capitalOf(each) }));
    const { allocations, uncovered } = trancheAllocation({ loss, lossBefore, tranches: layers });
    return answer({
      allocations: tranches.map((each, at) => {
        const capital = layers[at]!.available;
        const premium = tranchePremium({ capital, premiumRate: each.premiumRate, elapsedMs });
        return shownTranche(each, allocations[at]!.paid, premium);
      }),
      uncovered: shown(uncovered),
    });
  },
});
