/**
 * Every formula by name, and how one is run: JSON text in, JSON out. Nothing here throws,
 * whatever the input: an auditor's typing mistake is not a defect.
 * @module
 */

import { accountHealthCalc } from './account-health.ts';
import { adlAllocationCalc } from './adl-allocation.ts';
import { adlRankCalc } from './adl-rank.ts';
import { ammQuoteCalc } from './amm-quote.ts';
import { auctionMaxFractionCalc } from './auction-max-fraction.ts';
import { auctionPriceCalc } from './auction-price.ts';
import { auctionTakeCalc } from './auction-take.ts';
import { bankruptcyPriceCalc } from './bankruptcy-price.ts';
import { borrowCloseOutCalc } from './borrow-close-out.ts';
import { borrowInterestCalc } from './borrow-interest.ts';
import type { Calc, CalcInfo, CalcOutcome } from './calc-definition.ts';
import { closeOutLegsCalc } from './close-out-legs.ts';
import { closeOutSizeCalc } from './close-out-size.ts';
import { collateralWeightCalc, liabilityWeightCalc } from './collateral-weights.ts';
import { confidenceMarginCalc } from './confidence-margin.ts';
import { fillablePriceCalc } from './fillable-price.ts';
import { found, nearestName } from './found.ts';
import { fundingPaymentCalc } from './funding-payment.ts';
import { healthFactorCalc } from './health-factor.ts';
import { impactCostCalc } from './impact-cost.ts';
import { indexPriceCalc } from './index-price.ts';
import { initialMarginCalc } from './initial-margin.ts';
import { insolventPayoutCalc } from './insolvent-payout.ts';
import { insuranceFundDeltaCalc } from './insurance-fund-delta.ts';
import { insuranceFundSizeCalc } from './insurance-fund-size.ts';
import { keeperRewardCalc } from './keeper-reward.ts';
import { liquidationBonusCalc } from './liquidation-bonus.ts';
import { liquidationPenaltyCalc } from './liquidation-penalty.ts';
import { liquidationPriceCalc } from './liquidation-price.ts';
import { maintenanceMarginCalc } from './maintenance-margin.ts';
import { markPriceCalc } from './mark-price.ts';
import { markStepCalc } from './mark-step.ts';
import { maxBorrowCalc } from './max-borrow.ts';
import { penaltySplitCalc } from './penalty-split.ts';
import { priceValidityCalc } from './price-validity.ts';
import { priorityAuctionCalc } from './priority-auction.ts';
import { repeatedKey } from './repeated-key.ts';
import { routeCostCalc } from './route-cost.ts';
import { socializedLossCalc } from './socialized-loss.ts';
import { throttleCalc } from './throttle.ts';
import { toxicFrontierCalc } from './toxic-frontier.ts';
import { trancheAllocationCalc } from './tranche-allocation.ts';
import { usablePnlCalc } from './usable-pnl.ts';
import { vaultSharesCalc } from './vault-shares.ts';
import { withdrawalGateCalc } from './withdrawal-gate.ts';

/** In the order in which a liquidation meets them. */
const catalog: readonly Calc[] = [
  indexPriceCalc,
  markPriceCalc,
  markStepCalc,
  priceValidityCalc,
  fundingPaymentCalc,
  collateralWeightCalc,
  liabilityWeightCalc,
  maintenanceMarginCalc,
  initialMarginCalc,
  confidenceMarginCalc,
  usablePnlCalc,
  accountHealthCalc,
  liquidationPriceCalc,
  bankruptcyPriceCalc,
  fillablePriceCalc,
  healthFactorCalc,
  maxBorrowCalc,
  borrowInterestCalc,
  closeOutSizeCalc,
  closeOutLegsCalc,
  borrowCloseOutCalc,
  impactCostCalc,
  toxicFrontierCalc,
  throttleCalc,
  priorityAuctionCalc,
  auctionPriceCalc,
  auctionTakeCalc,
  auctionMaxFractionCalc,
  insolventPayoutCalc,
  liquidationBonusCalc,
  routeCostCalc,
  ammQuoteCalc,
  liquidationPenaltyCalc,
  penaltySplitCalc,
  keeperRewardCalc,
  vaultSharesCalc,
  insuranceFundDeltaCalc,
  insuranceFundSizeCalc,
  trancheAllocationCalc,
  adlRankCalc,
  adlAllocationCalc,
  socializedLossCalc,
  withdrawalGateCalc,
];

export const calcNames = (): readonly string[] => catalog.map(({ name }) => name);

/** Every formula with its fields, their units, and where it comes from. */
export const calcList = (): readonly CalcInfo[] =>
  catalog.map(({ name, summary, fields, outputs, source }) => ({
    name,
    summary,
    fields,
    outputs,
    source,
  }));

/** Runs one formula on the text of a JSON object. */
export function runCalc(name: string, inputJsonText: string): CalcOutcome {
  const formula = catalog.find((candidate) => candidate.name === name);
  if (formula === undefined) return { ok: false, problem: unknownFormula(name) };
  if (inputJsonText.trim() === '') {
    const names = formula.fields.filter((field) => field.required && isTopLevel(field.name));
    const fields = names.map((field) => field.name).join(', ');
    return { ok: false, problem: `expected a JSON object with ${fields}, was nothing` };
  }
  const parsed = parsedJson(inputJsonText);
  return parsed.ok ? formula.run(parsed.value) : parsed;
}

const isTopLevel = (path: string): boolean => !path.includes('.') && !path.includes('[');

function unknownFormula(name: string): string {
  const near = nearestName(name, calcNames());
  const hint =
    near === null ? `expected one of ${calcNames().join(', ')}` : `did you mean ${near}?`;
  return `${found(name)} is no formula, ${hint}`;
}

type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

function parsedJson(text: string): ParsedJson {
  try {
    const value: unknown = JSON.parse(text);
    const repeated = repeatedKey(text);
    if (repeated === null) return { ok: true, value };
    return { ok: false, problem: `expected every field once, was ${found(repeated)} twice` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, problem: `expected a JSON object, was no JSON: ${reason}` };
  }
}
