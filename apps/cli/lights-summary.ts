/** Who would be deleveraged first, for people and for machines. @module */
import type { AdlLight, AdlLightsOfSide, AdlProtection } from 'plimsoll/engine';
import type { LightsAt } from 'plimsoll/receipts';
import { formatDecimal } from 'plimsoll/units';
import { count, counted, minute, money, price } from './figures.ts';
import type { Paint } from './terminal.ts';
import { textTable } from './text-table.ts';

const orNull = (value: Parameters<typeof formatDecimal>[0] | null): string | null =>
  value === null ? null : formatDecimal(value);

export function lightsView({ seq, timeMs, sides }: LightsAt): object {
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
        protection: light.protection,
      })),
    })),
  };
}

export function lightsSummary(found: LightsAt, front: number, paint: Paint): string {
  const { seq, timeMs, sides } = found;
  const when = `${minute(new Date(timeMs).toISOString())} UTC, after record ${count(seq)}`;
  const [first] = sides;
  const head = `${paint.bold('Who would be deleveraged first')}  ${paint.dim(when)}`;
  if (first === undefined) return `\n${head}\n  nobody: no position is open\n`;
  const how =
    `  by the policy ${first.policy}; five lights stand at the front, none means: only after ` +
    'everybody with a profit';
  const shown = sides.map((side) => sideTable(side, front, paint));
  const isProtecting = sides.some(({ positions }) => positions.slice(0, front).some(isProtected));
  const legend = isProtecting ? `${how}\n${PROTECTED}` : how;
  return `\n${[`${head}\n${legend}`, ...shown].join('\n\n')}\n`;
}

const PROTECTED =
  '  protected is what closes only once hedges are given up, as too little can be closed without';

const isProtected = ({ protection }: AdlLight): boolean => protection !== null;

function sideTable(side: AdlLightsOfSide, front: number, paint: Paint): string {
  const { positions } = side;
  const listed = positions.slice(0, front);
  const isProtecting = listed.some(isProtected);
  const head = `${side.market} ${side.side}`;
  const ranked = `${price(formatDecimal(side.rankedSize))} contracts with a profit`;
  const rows = listed.map((light) => {
    const row = rowOf(light);
    return isProtecting ? [...row, protectionOf(light)] : row;
  });
  const more = positions.length - listed.length;
  const columns = ['lights', 'rank', 'account', 'size', 'ahead', 'leverage', 'profit'];
  const table = textTable(isProtecting ? [...columns, 'protected'] : columns, rows);
  const rest = more > 0 ? `\n  ${counted(more, 'position')} more` : '';
  const unprotected = positions.some(isProtected) ? ' and without protection' : '';
  return `${paint.bold(head)}  ${paint.dim(ranked + unprotected)}\n${table}${rest}`;
}

const FULL = 5;

const PROTECTIONS: Readonly<Record<AdlProtection, string>> = {
  hedge: 'a hedge',
  'less-than-a-lot': 'but for less than a lot',
};

const protectionOf = ({ protection }: AdlLight): string =>
  protection === null ? '–' : PROTECTIONS[protection];

const rowOf = (light: AdlLight): string[] => [
  '●'.repeat(light.lights) + '○'.repeat(FULL - light.lights),
  light.rank === null ? '–' : count(light.rank),
  light.account,
  price(formatDecimal(light.size)),
  light.sizeAhead === null ? '–' : price(formatDecimal(light.sizeAhead)),
  light.leverage === null ? '–' : `${Number(formatDecimal(light.leverage)).toFixed(2)}×`,
  money(formatDecimal(light.unrealizedPnl)),
];
