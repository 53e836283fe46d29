/** A plot with two logarithmic axes, as an SVG that needs nothing else. @module */

export type Series = {
  readonly name: string;
  readonly color: string;
  readonly points: readonly (readonly [number, number])[];
};

export type Plot = {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Text of a power of ten on the y axis. */
  readonly tick: (value: number) => string;
  readonly series: readonly Series[];
};

const [WIDTH, HEIGHT] = [760, 460];
const MARGIN = { left: 78, right: 190, top: 48, bottom: 56 };

type Scale = { readonly from: number; readonly to: number; readonly at: (value: number) => number };

function scale(values: readonly number[], start: number, end: number): Scale {
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.ceil(Math.log10(Math.max(...values)));
  const at = (value: number): number =>
    start + ((Math.log10(value) - from) / Math.max(1, to - from)) * (end - start);
  return { from, to, at };
}

const powers = ({ from, to }: Scale): number[] =>
  Array.from({ length: to - from + 1 }, (_, step) => 10 ** (from + step));

const text = (x: number, y: number, rest: string, content: string): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${rest}>${content}</text>`;

/** Thousands and millions, as people say them. */
export const people = (value: number): string =>
  value >= 1e6 ? `${value / 1e6} M` : value >= 1e3 ? `${value / 1e3} k` : String(value);

export function logPlot({ title, x, y, tick, series }: Plot): string {
  const all = series.flatMap(({ points }) => points);
  const [right, bottom] = [WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom];
  const across = scale(
    all.map(([value]) => value),
    MARGIN.left,
    right,
  );
  const up = scale(
    all.map(([, value]) => value),
    bottom,
    MARGIN.top,
  );
  const grid = [
    ...powers(across).map((value) => {
      const at = across.at(value).toFixed(1);
      return (
        `<line x1="${at}" y1="${MARGIN.top}" x2="${at}" y2="${bottom}" class="grid"/>` +
        text(Number(at), bottom + 20, 'text-anchor="middle"', people(value))
      );
    }),
    ...powers(up).map((value) => {
      const at = up.at(value).toFixed(1);
      return (
        `<line x1="${MARGIN.left}" y1="${at}" x2="${right}" y2="${at}" class="grid"/>` +
        text(MARGIN.left - 8, Number(at) + 4, 'text-anchor="end"', tick(value))
      );
    }),
  ];
  const middle = (MARGIN.top + bottom) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
<title>${title}</title>
<style>
text { font: 13px system-ui, sans-serif; fill: #333 }
.grid { stroke: #ddd }
.title { font-weight: 600; font-size: 15px }
</style>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${text(MARGIN.left, 26, 'class="title"', title)}
${grid.join('\n')}
${series.map((each) => drawn(each, across, up)).join('\n')}
${names(series, up, right).join('\n')}
${text((MARGIN.left + right) / 2, HEIGHT - 12, 'text-anchor="middle"', x)}
${text(18, middle, `text-anchor="middle" transform="rotate(-90 18 ${middle})"`, y)}
</svg>
`;
}

/** A line with its points. */
function drawn({ color, points }: Series, across: Scale, up: Scale): string {
  const at = points.map(([x, y]) => [across.at(x).toFixed(1), up.at(y).toFixed(1)] as const);
  const line = at.map((pair) => pair.join(',')).join(' ');
  const dots = at.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3.5" fill="${color}"/>`).join('');
  return `<polyline points="${line}" fill="none" stroke="${color}" stroke-width="2"/>${dots}`;
}

const LINE_HEIGHT = 17;

/** The names of the lines where they end, from the top, far enough apart to be read. */
function names(series: readonly Series[], up: Scale, right: number): string[] {
  const ends = series.map((each) => ({ each, at: up.at(each.points.at(-1)![1]) + 4 }));
  let lowest = Number.NEGATIVE_INFINITY;
  return ends
    .sort((a, b) => a.at - b.at)
    .map(({ each, at }) => {
      lowest = Math.max(at, lowest + LINE_HEIGHT);
      return text(right + 10, lowest, `style="fill:${each.color}"`, each.name);
    });
}
