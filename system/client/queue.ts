// A queue whose members can leave from anywhere in constant time: an event that is aborted, or times out, does not wait for those before it.

export type Place<T> = { readonly value: T; previous: Place<T> | null; next: Place<T> | null };

export type Queue<T> = { first: Place<T> | null; last: Place<T> | null; size: number };

export const createQueue = <T>(): Queue<T> => ({ first: null, last: null, size: 0 });

export const push = <T>(queue: Queue<T>, value: T): Place<T> => {
  const place: Place<T> = { value, previous: queue.last, next: null };
  if (queue.last) queue.last.next = place;
  else queue.first = place;
  queue.last = place;
  queue.size += 1;
  return place;
};

export const unshift = <T>(queue: Queue<T>, value: T): Place<T> => {
  const place: Place<T> = { value, previous: null, next: queue.first };
  if (queue.first) queue.first.previous = place;
  else queue.last = place;
  queue.first = place;
  queue.size += 1;
  return place;
};

/** `place` must be one of this queue, and is none afterwards. */
export const remove = <T>(queue: Queue<T>, place: Place<T>): void => {
  if (place.previous) place.previous.next = place.next;
  else queue.first = place.next;
  if (place.next) place.next.previous = place.previous;
  else queue.last = place.previous;
  queue.size -= 1;
};

/** From the first to the last; the member that was given last may be removed while it goes on. */
export function* membersOf<T>(queue: Queue<T>): Generator<T> {
  for (let place = queue.first; place;) {
    const { next } = place;
    yield place.value;
    place = next;
  }
}
