/** What a deleveraging may be asked for. @module */
import type { AdlPolicyName } from 'plimsoll/risk';
import type { Price, Ratio, Size } from 'plimsoll/units';

export type AdlOptions = {
  readonly candidates: string;
  readonly quantity: Size;
  readonly policy: AdlPolicyName | 'all';
  readonly mark: Price;
  readonly close: Price;
  readonly kind: 'linear' | 'inverse';
  readonly side?: 'long' | 'short';
  readonly lot: Size;
  readonly riskExponent?: number;
  readonly riskThreshold?: Ratio;
  readonly json?: string;
};
