/**
 * What was checked how often, and the error that ends a run.
 * @module
 */

/** A property did not hold. */
export class Broken extends Error {
  override readonly name = 'Broken';
  readonly property: string;

  constructor(property: string, detail: string) {
    super(`${property}: ${detail}`);
    this.property = property;
  }
}

/** How often each property was put to the test. */
export type Tally = Map<string, number>;

/** Counts a check; @throws Broken when the condition does not hold. */
export function check(
  tally: Tally,
  property: string,
  { holds, detail }: { readonly holds: boolean; readonly detail: () => string },
): void {
  tally.set(property, (tally.get(property) ?? 0) + 1);
  if (!holds) throw new Broken(property, detail());
}
