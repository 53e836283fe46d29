/** `plimsoll lights`: how near the front of auto-deleveraging everybody stands. @module */
import { openSqliteStore } from '@plimsoll/adapter-sqlite';
import type { AdlLight, AdlLightsOfSide } from 'plimsoll/engine';
import { type LightsAt, lightsAt } from 'plimsoll/receipts';
import { formatDecimal } from 'plimsoll/units';
import { InputFault, OK } from './exit-codes.ts';
import { count, counted, minute, money, price } from './figures.ts';
import { type Paint, paintFor, progressOn } from './terminal.ts';
import { textTable } from './text-table.ts';
import { streamForPeople, writeJson } from './written.ts';

export type LightsOptions = {
  readonly journal: string;
  readonly seq?: number;
  readonly market?: string;
  readonly account?: string;
  /** Lines per side of the table. */
  readonly front: number;
  readonly json?: string;
};

export async function lightsCommand(options: LightsOptions): Promise<number> {
  const { journal } = openSqliteStore({ file: options.journal, access: 'read' });
  const progress = progressOn(process.stderr);
  try {
    const onProgress = ({ seq }: { readonly seq: number }) =>
      progress.show(`reading · record ${count(seq)}`);
    const found = await lightsAt(journal, { untilSeq: options.seq, onProgress });
    progress.clear();
    if (found === null) throw nothingThere(options);
    const asked = { ...found, sides: askedFor(found.sides, options) };
    writeJson(options.json, viewOf(asked));
    const stream = streamForPeople(options.json);
    stream.write(summary(asked, options, paintFor(stream)));
    return OK;
  } finally {
    progress.clear();
    await journal.close();
  }
}

function nothingThere({ journal, seq }: LightsOptions): InputFault {
  const record = seq === undefined ? 'a record of a configured pool' : `record ${seq} of one`;
  return new InputFault(`expected ${record} in ${journal}, found none`);
}

/** One market, or the sides on which one account stands, with its own position alone. */
function askedFor(
  sides: readonly AdlLightsOfSide[],
  { market, account, journal }: LightsOptions,
): readonly AdlLightsOfSide[] {
  const ofMarket = sides.filter((side) => market === undefined || side.market === market);
  if (market !== undefined && ofMarket.length === 0) {
    throw new InputFault(`expected positions in ${market} in ${journal}, found none`);
  }
  if (account === undefined) return ofMarket;
  const own = ofMarket.flatMap((side) => {
    const positions = side.positions.filter((light) => light.account === account);
    return positions.length === 0 ? [] : [{ ...side, positions }];
  });
  if (own.length > 0) return own;
  throw new InputFault(`expected positions of ${account} in ${journal}, found none`);
}

const orNull = (value: Parameters<typeof formatDecimal>[0] | null): string | null =>
  value === null ? null : formatDecimal(value);

function viewOf({ seq, timeMs, sides }: LightsAt): object {
  return {
    seq,
    timeMs,
    sides: sides.map(({ markPrice, rankedSize, positions, ...side }) => ({
      ...side,
      markPrice: formatDecimal(markPrice),
      rankedSize: formatDecimal(rankedSize),
      positions: positions.map((light) => ({
        account: light.account,
        lights: light.lights,
        rank: light.rank,
        size: formatDecimal(light.size),
        sizeAhead: orNull(light.sizeAhead),
        score: orNull(light.score),
        leverage: orNull(light.leverage),
        unrealizedPnl: formatDecimal(light.unrealizedPnl),
        equity: formatDecimal(light.equity),
      })),
    })),
  };
}

function summary({ seq, timeMs, sides }: LightsAt, options: LightsOptions, paint: Paint): string {
  const when = `${minute(new Date(timeMs).toISOString())} UTC, after record ${count(seq)}`;
  const [first] = sides;
  const head = `${paint.bold('Who would be deleveraged first')}  ${paint.dim(when)}`;
  if (first === undefined) return `\n${head}\n  nobody: no position is open\n`;
  const how =
    `  by the policy ${first.policy}; five lights stand at the front, none means: only after ` +
    'everybody with a profit';
  const shown = sides.map((side) => sideTable(side, options.front, paint));
  return `\n${[`${head}\n${how}`, ...shown].join('\n\n')}\n`;
}

function sideTable(side: AdlLightsOfSide, front: number, paint: Paint): string {
  const { positions } = side;
  const listed = positions.slice(0, front);
  const head = `${side.market} ${side.side}`;
  const ranked = `${price(formatDecimal(side.rankedSize))} contracts with a profit`;
  const rows = listed.map(rowOf);
  const more = positions.length - listed.length;
  const table = textTable(
    ['lights', 'rank', 'account', 'size', 'ahead', 'leverage', 'profit'],
    rows,
  );
  const rest = more > 0 ? `\n  ${counted(more, 'position')} more` : '';
  return `${paint.bold(head)}  ${paint.dim(ranked)}\n${table}${rest}`;
}

const FULL = 5;

const rowOf = (light: AdlLight): string[] => [
  '●'.repeat(light.lights) + '○'.repeat(FULL - light.lights),
  light.rank === null ? '–' : count(light.rank),
  light.account,
  price(formatDecimal(light.size)),
  light.sizeAhead === null ? '–' : price(formatDecimal(light.sizeAhead)),
  light.leverage === null ? '–' : `${Number(formatDecimal(light.leverage)).toFixed(2)}×`,
  money(formatDecimal(light.unrealizedPnl)),
];
