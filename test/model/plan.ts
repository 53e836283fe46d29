/**
 * Which order a liquidation places next. See docs/spec/close-outs.md, section "The plan".
 * @module
 */
import { costOf, type Draft, draftsOf, leftOf, notionalOf, restoring } from './draft.ts';
import { ceilDiv, ONE } from './integers.ts';
import type { Account, CloseOuts, Ledger, Liquidation } from './ledger.ts';
import { type Margin, notionalUp } from './margin.ts';
import { largestClosable, lotsToClose } from './policies.ts';

export type Plan = {
  readonly policy: CloseOuts['policy'];
  readonly drafts: readonly Draft[];
  /** Lots to close per leg. */
  readonly closes: readonly bigint[];
  readonly restores: boolean;
  /** Closing all of any leg that would be closed would do harm. */
  readonly toxic: boolean;
  /** Which leg is ordered; null where closing any of them as planned would do harm. */
  readonly ordered: number | null;
};

export const policyOf = ({ closeOuts }: Ledger): CloseOuts['policy'] =>
  closeOuts?.policy ?? 'least-impact';

/** Null where no leg may be closed. */
export function planOf(
  ledger: Ledger,
  account: Account,
  input: { margin: Margin; liquidation: Liquidation },
): Plan | null {
  const { releaseRatio } = ledger.pool!;
  const drafts = draftsOf(ledger, account, input);
  const restores = restoring(drafts, { margin: input.margin, releaseRatio });
  const { liquidation } = input;
  const covered = liquidation.coverPaid > 0n;
  const policy = covered ? 'everything' : policyOf(ledger);
  const fixedShare = ledger.closeOuts?.fixedShare ?? ONE;
  const closesOf = (given: readonly Draft[]): readonly bigint[] => {
    const wanted = lotsToClose(policy, { drafts: given, restores, releaseRatio, fixedShare });
    const closes = withoutDust(given, wanted);
    const largest = largestClosable(given);
    if (!isNothing(closes) || largest === null) return closes;
    const one = closes.map((_, at) => (at === largest ? 1n : 0n));
    return withoutDust(given, one);
  };
  // Legs that were ordered at this very time have had their part, if the others suffice.
  const shares = policy === 'least-impact' || policy === 'proportional';
  const had = liquidation.orderedMs === ledger.time ? liquidation.ordered : [];
  const others = drafts.map((draft) => {
    return had.includes(draft.leg.market.market) ? { ...draft, closable: 0n } : draft;
  });
  let closes = closesOf(drafts);
  if (shares && had.length > 0 && restores(closesOf(others))) closes = closesOf(others);
  if (isNothing(closes)) return null;
  const ranked = byGain(drafts, closes, releaseRatio);
  const ordered = ranked.find((at) => !isToxic(drafts[at]!, closes[at]!)) ?? null;
  const toxic = ranked.every((at) => isToxic(drafts[at]!, drafts[at]!.held));
  return { policy, drafts, closes, restores: restores(closes), toxic, ordered };
}

const isNothing = (closes: readonly bigint[]): boolean => closes.every((lots) => lots === 0n);

/** No leg is left with less than its market's least notional, other than nothing. */
function withoutDust(drafts: readonly Draft[], closes: readonly bigint[]): bigint[] {
  return drafts.map((draft, at) => {
    const lots = closes[at]!;
    const { held, closable, leg } = draft;
    const { kind, lot, notionalMin } = leg.market;
    const isDust = (left: bigint): boolean => notionalUp(kind, left * lot, leg.mark) < notionalMin;
    if (lots === 0n || lots === held || !isDust(held - lots)) return lots;
    if (closable === held) return held;
    if (isDust(held)) return lots;
    // The least that may be left.
    let [few, enough] = [0n, held];
    while (enough - few > 1n) {
      const middle = (few + enough) / 2n;
      if (isDust(middle)) few = middle;
      else enough = middle;
    }
    return enough === held ? lots : held - enough;
  });
}

/** Legs of which something is closed, by what that releases less what it costs. */
function byGain(
  drafts: readonly Draft[],
  closes: readonly bigint[],
  releaseRatio: bigint,
): number[] {
  const gainOf = (at: number): bigint => {
    const draft = drafts[at]!;
    const released = draft.leg.maintenance - leftOf(draft, closes[at]!);
    return releaseRatio * released - costOf(draft, closes[at]!) * ONE;
  };
  const gains = new Map([...drafts.keys()].map((at) => [at, gainOf(at)]));
  return [...drafts.keys()]
    .filter((at) => closes[at]! > 0n)
    .sort((a, b) => {
      const [left, right] = [gains.get(a)!, gains.get(b)!];
      return left === right ? a - b : left > right ? -1 : 1;
    });
}

/** Closing releases no more than it costs at the limit. */
function isToxic(draft: Draft, lots: bigint): boolean {
  const { penalty, prices, leg } = draft;
  const released = leg.maintenance - leftOf(draft, lots);
  return released <= ceilDiv(notionalOf(draft, lots) * (penalty + prices.slippage), ONE);
}
