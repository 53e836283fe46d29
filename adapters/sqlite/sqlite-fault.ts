/** SQLite's failures in the words of the ports. @module */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { Fault, type FaultCode } from 'plimsoll/ports';

/** What the vendor's errors carry beyond a message. */
type VendorError = Error & { readonly code?: string };

const CODES: readonly (readonly [prefix: string, code: FaultCode, expected: string])[] = [
  ['SQLITE_BUSY', 'JOURNAL_LOCKED', 'no other writer'],
  ['SQLITE_LOCKED', 'JOURNAL_LOCKED', 'no other writer'],
  ['SQLITE_NOTADB', 'JOURNAL_NOT_A_JOURNAL', 'an SQLite database'],
  ['SQLITE_CORRUPT', 'JOURNAL_CORRUPT', 'a whole SQLite database'],
  ['SQLITE_IOERR_SHORT_READ', 'JOURNAL_CORRUPT', 'a whole SQLite database'],
  ['SQLITE_READONLY', 'JOURNAL_READ_ONLY', 'a journal opened for writing'],
];

/** Runs a call of the vendor's and turns what it throws into a fault that names the file. */
export function vendorCall<T>(file: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof Fault ? error : faultOf(file, error as VendorError);
  }
}

function faultOf(file: string, cause: VendorError): Fault {
  const vendorCode = cause.code ?? '';
  const known = CODES.find(([prefix]) => vendorCode.startsWith(prefix));
  if (known === undefined) {
    const expected = 'SQLite to do its work';
    return new Fault('JOURNAL_UNAVAILABLE', {
      message: file,
      expected,
      found: cause.message,
      cause,
    });
  }
  const [, code, expected] = known;
  const shortage = code === 'JOURNAL_CORRUPT' ? missingBytes(file) : null;
  const found = shortage ?? cause.message;
  return new Fault(code, { message: file, expected, found, cause });
}

const HEADER_BYTES = 100;

/** Says how much of a database file is missing, where its own header tells. */
export function missingBytes(file: string): string | null {
  if (!existsSync(file)) return null;
  const { size } = statSync(file);
  if (size < HEADER_BYTES) return `a file of ${size} bytes, shorter than a database's header`;
  const header = Buffer.alloc(HEADER_BYTES);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, header, 0, HEADER_BYTES, 0);
  closeSync(descriptor);
  // A page size of 1 stands for 65,536, which two bytes cannot hold.
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const expected = pageSize * header.readUInt32BE(28);
  return size < expected ? `a file of ${size} bytes where its header says ${expected}` : null;
}
