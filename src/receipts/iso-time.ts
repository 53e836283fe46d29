/** Engine time as people read it. @module */

/** The last millisecond that a calendar can name. */
const CALENDAR_MS_MAX = 8_640_000_000_000_000;

/** ISO 8601 in UTC; null for a time that no calendar reaches. */
export const isoTime = (timeMs: number): string | null =>
  timeMs <= CALENDAR_MS_MAX ? new Date(timeMs).toISOString() : null;

/** Both forms of a time, side by side. */
export const timeFields = (
  timeMs: number,
): { readonly timeMs: number; readonly time: string | null } => ({
  timeMs,
  time: isoTime(timeMs),
});
