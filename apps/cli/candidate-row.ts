/** A candidate whose quantities stay packed until they are asked for. @module */
import type { AdlCandidate } from 'plimsoll/risk';
import { abs, fromRaw, type Money, type Ratio, type Size, type Wad } from 'plimsoll/units';
import type { PackedRows } from './packed-rows.ts';

/** Where the value of each column stands in a row; −1 where there is no such column. */
export type CandidateSlots = {
  readonly size: number;
  readonly equity: number;
  readonly marginEquity: number;
  readonly unrealizedPnl: number;
  readonly maintenanceMargin: number;
  readonly legMaintenanceMargin: number;
  readonly entryValue: number;
  readonly score: number;
};

export type CandidateRows = { readonly rows: PackedRows; readonly slots: CandidateSlots };

/** A class, so that a hundred thousand of them share their accessors. */
export class CandidateRow implements AdlCandidate {
  readonly account: string;
  readonly book: CandidateRows;
  readonly row: number;

  constructor(account: string, book: CandidateRows, row: number) {
    this.account = account;
    this.book = book;
    this.row = row;
  }

  get size(): Size {
    return abs(this.required<Size>(this.book.slots.size));
  }
  get equity(): Money {
    return this.required(this.book.slots.equity);
  }
  get marginEquity(): Money | null {
    return this.optional(this.book.slots.marginEquity);
  }
  get unrealizedPnl(): Money {
    return this.required(this.book.slots.unrealizedPnl);
  }
  get maintenanceMargin(): Money | null {
    return this.optional(this.book.slots.maintenanceMargin);
  }
  get legMaintenanceMargin(): Money | null {
    return this.optional(this.book.slots.legMaintenanceMargin);
  }
  get entryValue(): Money | null {
    return this.optional(this.book.slots.entryValue);
  }
  get score(): Ratio | null {
    return this.optional(this.book.slots.score);
  }

  private required<T extends Wad>(at: number): T {
    return fromRaw<T>(this.book.rows.rawAt(this.row, at)!);
  }

  private optional<T extends Wad>(at: number): T | null {
    const raw = at < 0 ? null : this.book.rows.rawAt(this.row, at);
    return raw === null ? null : fromRaw<T>(raw);
  }
}
