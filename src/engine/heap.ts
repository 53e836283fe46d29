/** A binary heap in an array: the first element is the least by the given order. @module */

export type Order<T> = (a: T, b: T) => number;

export function heapPush<T>(heap: T[], item: T, order: Order<T>): void {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (order(heap[parent]!, item) <= 0) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = item;
}

/** Removes and returns the least element; undefined when the heap is empty. */
export function heapPop<T>(heap: T[], order: Order<T>): T | undefined {
  const least = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return least;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && order(heap[child + 1]!, heap[child]!) < 0) child += 1;
    if (order(heap[child]!, last) >= 0) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return least;
}
