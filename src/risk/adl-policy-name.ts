/** The policies of a deleveraging by name. @module */

/**
 * Every policy, the default first.
 *
 * Units     none
 * Rounding  None.
 */
export const ADL_POLICY_NAMES = [
  'minimax-leverage',
  'capped-pro-rata',
  'risk-aware-pro-rata',
  'min-max',
  'queue',
  'queue-notional',
] as const;

export type AdlPolicyName = (typeof ADL_POLICY_NAMES)[number];
