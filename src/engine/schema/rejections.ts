/**
 * Refusals by the rules. Codes and slugs are permanent. `docs/rejections.md` says what each means,
 * what the caller may do, and in which order each command is checked: when several apply, the
 * first in that order is the one given, and the order is part of the determinism contract.
 * @module
 */
import { assert } from '../../units/index.ts';
import { fail, reserve, take } from './bytes.ts';
import { type Infer, list, record, type Shape, text } from './codec.ts';
import { refuse } from './json-reader.ts';

export const REJECTIONS = {
  // 1xxx command shape
  DUPLICATE_COMMAND: 1001,
  SOURCE_SEQUENCE_TOO_OLD: 1002,
  INTERNAL_COMMAND: 1003,
  POOL_NOT_CONFIGURED: 1004,
  POOL_ALREADY_CONFIGURED: 1005,
  INVALID_PARAMETER: 1006,
  NOT_POSITIVE: 1007,
  // 2xxx accounts and margin
  ACCOUNT_EXISTS: 2001,
  ACCOUNT_UNKNOWN: 2002,
  ACCOUNT_IN_LIQUIDATION: 2003,
  PARENT_NOT_ELIGIBLE: 2004,
  OWNER_DIFFERS: 2005,
  ASSET_UNKNOWN: 2006,
  ASSET_CAP_EXCEEDED: 2007,
  BALANCE_INSUFFICIENT: 2008,
  INITIAL_MARGIN_NOT_MET: 2009,
  WITHDRAWALS_GATED: 2010,
  SELF_TRADE: 2011,
  LENDING_UNKNOWN: 2021,
  ACCOUNT_ISOLATED: 2022,
  DESK_CASH_INSUFFICIENT: 2023,
  BORROW_CAP_EXCEEDED: 2024,
  DEBT_TOO_SMALL: 2025,
  NOTHING_OWED: 2026,
  SUPPLY_INSUFFICIENT: 2027,
  AMOUNT_TOO_SMALL: 2028,
  INTEREST_NOT_DUE: 2029,
  // 3xxx markets and prices
  INDEX_UNKNOWN: 3001,
  SOURCE_UNKNOWN: 3002,
  MARKET_UNKNOWN: 3003,
  MARKET_EXPIRED: 3004,
  MARKET_NOT_TRADABLE_BY_ACCOUNT: 3005,
  PRICE_UNAVAILABLE: 3006,
  PRICE_OUTSIDE_BAND: 3007,
  REPORT_FROM_THE_FUTURE: 3008,
  REPORT_REPEATED: 3009,
  BOOK_CROSSED: 3010,
  SIZE_NOT_IN_LOTS: 3011,
  MARKET_IN_USE: 3012,
  OPEN_INTEREST_CAP_EXCEEDED: 3013,
  GATE_CLOSED: 3014,
  // 4xxx liquidation
  ORDER_NOT_OPEN: 4001,
  ORDER_MISMATCH: 4002,
  ORDER_OVERFILLED: 4003,
  PRICE_BEYOND_LIMIT: 4004,
  ACCOUNT_NOT_LIQUIDATABLE: 4005,
  LIQUIDATION_NOT_DUE: 4006,
  SETTLEMENT_NOT_DUE: 4007,
  NOT_OPEN_TO_LIQUIDATORS: 4031,
  LIQUIDATOR_NOT_PERMITTED: 4032,
  OWN_ACCOUNT: 4033,
  COOLING_OFF: 4034,
  PRIORITY_HELD: 4035,
  ACCOUNT_CHANGED: 4036,
  TAKE_OUT_OF_RANGE: 4037,
  PRIORITY_NOT_OFFERED: 4038,
  PRIORITY_BID_TOO_LOW: 4039,
  AMM_UNAVAILABLE: 4041,
  VAULT_UNKNOWN: 4042,
  VAULT_IN_USE: 4043,
  VAULT_DEPOSIT_REFUSED: 4044,
  VAULT_SHARES_INSUFFICIENT: 4045,
  VAULT_EXIT_NOT_DUE: 4046,
  TRANCHE_UNKNOWN: 4051,
  TRANCHE_IN_USE: 4052,
  TRANCHE_DEPOSIT_REFUSED: 4053,
  TRANCHE_SHARES_INSUFFICIENT: 4054,
  TRANCHE_EXIT_NOT_DUE: 4055,
  PREMIUM_NOT_DUE: 4056,
  POOL_NOT_LINKED: 4061,
  TRANSFER_ALREADY_RECEIVED: 4062,
  TRANSFER_ALREADY_REFUSED: 4063,
  TRANSFER_OUT_OF_ORDER: 4064,
  TRANSFER_NOT_OPEN: 4065,
  PLEDGE_NOT_HELD: 4066,
  PLEDGE_NOT_TAKEN: 4067,
  LINK_FULL: 4068,
  AUCTION_NOT_OPEN: 4021,
  BID_MISMATCH: 4022,
  BIDDER_NOT_ELIGIBLE: 4023,
  BID_ON_CHANGED_ACCOUNT: 4024,
  BID_BEYOND_OFFER: 4025,
  BID_IS_DUST: 4026,
  BID_LIMIT_NOT_MET: 4027,
  BID_NOT_FUNDED: 4028,
} as const;
export type RejectionCode = keyof typeof REJECTIONS;

const SLUGS = new Map<number, RejectionCode>();
for (const [slug, code] of Object.entries(REJECTIONS)) SLUGS.set(code, slug as RejectionCode);

export const rejectionCode: Shape<RejectionCode> = {
  write: (writer, value) => {
    const at = reserve(writer, 2);
    writer.view.setUint16(at, REJECTIONS[value]);
  },
  read: (reader) => {
    const at = take(reader, 2);
    const number = at < 0 ? 0 : reader.view.getUint16(at);
    const slug = SLUGS.get(number);
    if (slug === undefined) fail(reader, `no rejection has the code ${number}`);
    return slug ?? 'INVALID_PARAMETER';
  },
  json: (value) => value,
  fromJson: (reader, view) => {
    const known = typeof view === 'string' && Object.hasOwn(REJECTIONS, view);
    if (!known) refuse(reader, 'the code of a rejection', view);
    return known ? (view as RejectionCode) : 'INVALID_PARAMETER';
  },
};

/** Data first: the sentence a person reads is rendered late, by {@link rejectionMessage}. */
export const Rejection = record({
  code: rejectionCode,
  details: list(record({ name: text, value: text })),
});
export type Rejection = Infer<typeof Rejection>;

export function rejection(
  code: RejectionCode,
  details: { readonly [name: string]: string | number } = {},
): Rejection {
  const names = Object.keys(details); // determinism-ok: literal keys in the order written
  return { code, details: names.map((name) => ({ name, value: printable(details[name]!) })) };
}

/** Outside text enters a rejection cut and reduced to what the encoding carries. */
function printable(value: string | number): string {
  const characters = String(value).slice(0, 120);
  const shown = characters.replace(/[^\x20-\x7e]/g, '?');
  assert(shown.length <= 120, 'SHAPE', 'detail was too long');
  return shown;
}

/** The refusal as one line: number, slug and data. */
export function rejectionMessage({ code, details }: Rejection): string {
  const facts = details.map(({ name, value }) => `${name} ${value}`).join(', ');
  const title = `${REJECTIONS[code]} ${code}`;
  return facts === '' ? title : `${title}: ${facts}`;
}
