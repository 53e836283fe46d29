/**
 * How much may be closed out at once.
 * @module
 */
import { contractNotionalDown, ramp, throttle, windowCapacity } from 'plimsoll/risk';
import { add, isNegative, rawOf, ZERO_MONEY } from 'plimsoll/units';
import { answer, type CalcOutcome, calc, shown } from './calc-definition.ts';
import { duration, isMoneyInRange, MONEY_IN_RANGE, money, price, ratio, size } from './quantity.ts';
import { fallback, oneOf, optional, record, refused, type ValueOf, variants } from './shape.ts';

const ONE = 10n ** 18n;
const MS_PER_SECOND = 1000n;

const owed = (meaning: string) => money(meaning, { atLeast: '0' });
const nothing = (meaning: string) => fallback(owed(`${meaning}; default 0`), ZERO_MONEY);

const windowFields = {
  kind: fallback(oneOf('Contract; default linear', ['linear', 'inverse']), 'linear'),
  capacity: size('What the window takes in, contracts', { atLeast: '0' }),
  price: price('Mark price', { above: '0' }),
  used: nothing('Closed out in the window so far'),
};

const closeOutFields = {
  notional: owed('What is to be closed'),
  window: optional(record('Rolling window of the market; absent: no bound', windowFields)),
  cap: optional(
    record('Bound on what is in liquidation together; absent: none', {
      limit: owed('Most that may be'),
      inLiquidation: nothing('What is'),
    }),
  ),
  ramp: optional(
    record('Share that may be closed by now; absent: all', {
      elapsedMs: duration('Since the liquidation started'),
      durationMs: duration('Until all may be closed; 0: at once'),
      initialFraction: ratio('Share at the start', { atLeast: '0', atMost: '1' }),
    }),
  ),
  smallNotional: nothing('Up to here the ramp does not apply'),
};

const capacityFields = {
  makerFee: ratio('Per unit of notional; a rebate is negative', { atLeast: '-1', atMost: '1' }),
  takerFee: ratio('Per unit of notional', { atLeast: '-1', atMost: '1' }),
  skewScale: size('Skew at which the premium of the market is 1, contracts', { atLeast: '0' }),
  multiplier: ratio('Per second', { atLeast: '0' }),
  windowMs: duration('Length of the window'),
};

type Window = ValueOf<typeof windowFields>;

function windowProblem({ kind, capacity, price: mark }: Window): string | null {
  const product = rawOf(capacity) * (kind === 'linear' ? rawOf(mark) : ONE);
  const notional = product / (kind === 'linear' ? ONE : rawOf(mark));
  return isMoneyInRange(notional) ? null : `expected a notional of ${MONEY_IN_RANGE}`;
}

function closeOut(input: ValueOf<typeof closeOutFields>): CalcOutcome {
  const { window } = input;
  const problem = window === null ? null : windowProblem(window);
  if (problem !== null) return refused('window.capacity', problem);
  const bounds = throttle({
    ...input,
    window:
      window === null
        ? null
        : {
            capacity: contractNotionalDown({ ...window, size: window.capacity }),
            used: window.used,
          },
    ramp: input.ramp === null ? null : ramp(input.ramp),
  });
  return answer({
    closableNotional: shown(bounds.closableNotional),
    byWindow: shown(bounds.byWindow),
    byCap: shown(bounds.byCap),
    byRamp: shown(bounds.byRamp),
  });
}

function capacity(input: ValueOf<typeof capacityFields>): CalcOutcome {
  const { makerFee, takerFee, skewScale, multiplier, windowMs } = input;
  const fees = add(makerFee, takerFee);
  if (isNegative(fees)) return refused('makerFee', 'expected makerFee + takerFee of at least 0');
  const product = rawOf(fees) * rawOf(skewScale) * rawOf(multiplier) * BigInt(windowMs);
  if (!isMoneyInRange(product / (ONE * ONE * MS_PER_SECOND))) {
    return refused('skewScale', `expected a capacity of ${MONEY_IN_RANGE}`);
  }
  return answer({ windowCapacity: shown(windowCapacity(input)) });
}

export const throttleCalc = calc({
  name: 'throttle',
  summary: 'Notional that may be closed now: window, cap and ramp; or the capacity of a window.',
  source: 'Synthetix v3 (window), MakerDAO (cap), Drift v2 (ramp)',
  input: variants('What is asked for', {
    standard: 'close-out',
    cases: { 'close-out': closeOutFields, 'window-capacity': capacityFields },
  }),
  outputs: {
    closableNotional: 'money; close-out only',
    byWindow: 'money | null; close-out only',
    byCap: 'money | null; close-out only',
    byRamp: 'money | null; close-out only',
    windowCapacity: 'size; window-capacity only',
  },
  compute: (given) =>
    given.variant === 'close-out' ? closeOut(given.input) : capacity(given.input),
});
