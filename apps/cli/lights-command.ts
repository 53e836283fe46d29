/** `plimsoll lights`: how near the front of auto-deleveraging everybody stands. @module */
import { openSqliteStore } from '@plimsoll/adapter-sqlite';
import type { AdlLightsOfSide } from 'plimsoll/engine';
import { lightsAt } from 'plimsoll/receipts';
import { InputFault, OK } from './exit-codes.ts';
import { count } from './figures.ts';
import { lightsSummary, lightsView } from './lights-summary.ts';
import { paintFor, progressOn } from './terminal.ts';
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
    writeJson(options.json, lightsView(asked));
    const stream = streamForPeople(options.json);
    stream.write(lightsSummary(asked, options.front, paintFor(stream)));
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
