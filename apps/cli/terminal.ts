/** What may be shown where: colour and progress only on a terminal. @module */

const sequence = (code: string, text: string): string => `\u001b[${code}m${text}\u001b[0m`;

export type Paint = {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
};

const plain = (text: string): string => text;

/** Colours for a stream: none when it is no terminal or NO_COLOR is set. */
export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  if (stream.isTTY !== true || process.env['NO_COLOR'] !== undefined) {
    return { bold: plain, dim: plain, good: plain, bad: plain };
  }
  return {
    bold: (text) => sequence('1', text),
    dim: (text) => sequence('2', text),
    good: (text) => sequence('32', text),
    bad: (text) => sequence('31', text),
  };
}

export type Progress = {
  /** Shows a line in place of the last one; on anything but a terminal, now and then. */
  readonly show: (line: string) => void;
  readonly clear: () => void;
};

const REDRAW_MS = 100;
const LOG_MS = 5_000;

/** Progress on stderr, so that stdout holds results alone. */
export function progressOn(stream: NodeJS.WriteStream): Progress {
  let last = Number.NEGATIVE_INFINITY;
  const interval = stream.isTTY ? REDRAW_MS : LOG_MS;
  return {
    show: (line) => {
      const now = performance.now();
      if (now - last < interval) return;
      last = now;
      stream.write(stream.isTTY ? `\r\u001b[2K${fitted(line, stream.columns)}` : `${line}\n`);
    },
    clear: () => {
      if (stream.isTTY) stream.write('\r\u001b[2K');
    },
  };
}

const fitted = (line: string, columns: number): string =>
  line.length < columns ? line : line.slice(0, Math.max(0, columns - 1));

/** `▇▇▇▇░░░░` of a width, for a share from 0 to 1. */
export function bar(share: number, width = 24): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '█'.repeat(filled) + '░'.repeat(width - filled);
}
