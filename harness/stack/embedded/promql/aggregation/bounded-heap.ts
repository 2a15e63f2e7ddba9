// Keeps the k best candidates. The same sift operations as Go's container/heap, because they decide which of equal values stays.

export type Candidate = { readonly index: number; readonly value: number };

export type BoundedHeap = { offer(candidate: Candidate): void; bestFirst(): Candidate[] };

/** `worse(a, b)`: a is further from the top than b. NaN is worse than everything. */
export const createBoundedHeap = (k: number, worse: (a: number, b: number) => boolean): BoundedHeap => {
  const heap: Candidate[] = [];
  const before = (a: Candidate, b: Candidate): boolean => Number.isNaN(a.value) || worse(a.value, b.value);
  const swap = (a: number, b: number): void => {
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  };
  const siftUp = (start: number): void => {
    for (let child = start; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!before(heap[child]!, heap[parent]!)) return;
      swap(parent, child);
      child = parent;
    }
  };
  const siftDown = (start: number): void => {
    for (let parent = start; ;) {
      const left = 2 * parent + 1;
      if (left >= heap.length) return;
      const child = left + 1 < heap.length && before(heap[left + 1]!, heap[left]!) ? left + 1 : left;
      if (!before(heap[child]!, heap[parent]!)) return;
      swap(parent, child);
      parent = child;
    }
  };
  const offer = (candidate: Candidate): void => {
    const worst = heap[0];
    if (heap.length < k || worst === undefined) siftUp(heap.push(candidate) - 1);
    else if (worse(worst.value, candidate.value) || (Number.isNaN(worst.value) && !Number.isNaN(candidate.value))) {
      heap[0] = candidate;
      siftDown(0);
    }
  };
  return { offer, bestFirst: () => sortBestFirst([...heap], before) };
};

/** By insertion, which leaves equals as they are, as Go does up to twelve elements; the built-in stable sort above that. */
const sortBestFirst = (candidates: Candidate[], before: (a: Candidate, b: Candidate) => boolean): Candidate[] =>
  candidates.sort((a, b) => {
    if (Number.isNaN(a.value) && Number.isNaN(b.value)) return 0;
    if (before(b, a)) return -1;
    return before(a, b) ? 1 : 0;
  });
