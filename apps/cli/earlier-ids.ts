/** Which of many ids was there before. @module */

export type EarlierIds = {
  /** Index of the same id, counted from 0; null, and remembered as the next one, if it is new. */
  readonly add: (id: string) => number | null;
};

/**
 * A table of hashes: a map takes longer to fill with a hundred thousand ids than they take to be
 * read. `idAt` gives an id back that was added.
 */
export function earlierIds(idAt: (index: number) => string): EarlierIds {
  let hashes = new Int32Array(1 << 15);
  /** Index + 1 of an id in the first place that was free from that of its hash on, else 0. */
  let slots = new Int32Array(4 * hashes.length);
  let count = 0;

  const add = (id: string): number | null => {
    const hash = hashOf(id);
    let slot = hash & (slots.length - 1);
    while (slots[slot] !== 0) {
      const index = slots[slot]! - 1;
      if (hashes[index] === hash && idAt(index) === id) return index;
      slot = (slot + 1) & (slots.length - 1);
    }
    hashes[count] = hash;
    count += 1;
    slots[slot] = count;
    if (count === hashes.length) grow();
    return null;
  };

  const grow = (): void => {
    const old = hashes;
    hashes = new Int32Array(4 * count);
    hashes.set(old);
    slots = new Int32Array(4 * hashes.length);
    for (let index = 0; index < count; index += 1) {
      let slot = hashes[index]! & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = index + 1;
    }
  };

  return { add };
}

/** Of 32 bits, the last of which depend on every character (FNV-1a, mixed once more). */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
