/** `plimsoll adl`. @module */
import { ADL_POLICY_NAMES, type AdlAllocation, adlAllocation, adlGap } from 'plimsoll/risk/adl';
import { formatDecimal } from 'plimsoll/units';
import type { AdlOptions } from './adl-options.ts';
import { type AdlReport, adlSummary } from './adl-summary.ts';
import { shown } from './calc/calc-definition.ts';
import { notionalProblem } from './calc/contract-input.ts';
import { readCandidates } from './candidates-file.ts';
import { InputFault, OK } from './exit-codes.ts';
import { paintFor } from './terminal.ts';
import { streamForPeople, writePieces } from './written.ts';

export function adlCommand(options: AdlOptions): number {
  const { kind, quantity, mark, close } = options;
  for (const at of [mark, close]) {
    const problem = notionalProblem({ kind, size: quantity, price: at });
    if (problem !== null) throw new InputFault(`--quantity: ${problem}`);
  }
  const read = readCandidates(options.candidates, options.side ?? null);
  const { candidates, numbers, side, ignored } = read;
  const market = { kind, side: side === 'long' ? 1 : -1, markPrice: mark } as const;
  const gap = adlGap({ ...market, quantity, closePrice: close });
  const policies = options.policy === 'all' ? ADL_POLICY_NAMES : [options.policy];
  const allocations = policies.map((policy) => {
    const { riskExponent, riskThreshold, lot } = options;
    const terms = {
      ...(riskExponent === undefined ? {} : { riskExponent }),
      ...(riskThreshold === undefined ? {} : { riskThreshold }),
    };
    const allocation = adlAllocation({
      ...market,
      policy,
      quantity,
      gap,
      lot,
      candidates,
      numbers,
      ...terms,
    });
    return { policy, allocation };
  });
  const report: AdlReport = {
    file: options.candidates,
    side,
    quantity,
    mark,
    close,
    gap,
    candidates: candidates.length,
    eligible: numbers.equities.reduce((count, equity) => (equity > 0 ? count + 1 : count), 0),
    ignored,
    allocations,
  };
  const { json } = options;
  writePieces(json, () => jsonOf(report));
  const stream = streamForPeople(json);
  stream.write(adlSummary(report, paintFor(stream)));
  return OK;
}

/** One fill a line: a book of a hundred thousand is searched by line tools. */
function* jsonOf({ side, quantity, mark, close, gap, ...report }: AdlReport): Generator<string> {
  const facts = {
    side,
    quantity: formatDecimal(quantity),
    markPrice: formatDecimal(mark),
    closePrice: formatDecimal(close),
    gap: formatDecimal(gap),
    candidates: report.candidates,
    eligible: report.eligible,
  };
  yield `${JSON.stringify(facts).slice(0, -1)},"policies":[`;
  let separator = '\n';
  for (const { policy, allocation } of report.allocations) {
    const head = JSON.stringify({ policy, ...totalsOf(allocation) }).slice(0, -1);
    yield `${separator}  ${head},"fills":[\n`;
    yield* fillLines(allocation.fills);
    yield '\n  ]}';
    separator = ',\n';
  }
  yield '\n]}\n';
}

function* fillLines(fills: AdlAllocation['fills']): Generator<string> {
  let separator = '';
  for (const { account, size, price, taken } of fills) {
    const facing = price === null ? 'null' : `"${formatDecimal(price)}"`;
    yield `${separator}    {"account":"${account}","size":"${formatDecimal(size)}",` +
      `"price":${facing},"taken":"${formatDecimal(taken)}"}`;
    separator = ',\n';
  }
}

const totalsOf = ({ eta, residualLoss, unfilled, metrics }: AdlAllocation) => ({
  eta: shown(eta),
  residualLoss: shown(residualLoss),
  unfilled: shown(unfilled),
  metrics: {
    budget: shown(metrics.budget),
    overshoot: shown(metrics.overshoot),
    profitHaircutMax: shown(metrics.profitHaircutMax),
    profitHaircutGini: shown(metrics.profitHaircutGini),
    orderInversions: metrics.orderInversions,
    leverageMaxBefore: shown(metrics.leverageMaxBefore),
    leverageMaxAfter: shown(metrics.leverageMaxAfter),
  },
});
