// Plain counters of what became of events: sent = accepted + failed (by code) + unsettled, at any time.
import type { Accepted } from '../contract/event.ts';
import type { ProducerError } from './producer-error.ts';

export type Books = {
  readonly sent: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly failed: Readonly<Record<string, number>>;
};

export type Bookkeeper = {
  sent(): void;
  accepted(answer: Accepted): void;
  failed(error: ProducerError): void;
  read(): Books;
};

export const createBookkeeper = (): Bookkeeper => {
  const failed = new Map<string, number>();
  let [sent, accepted, duplicates] = [0, 0, 0];
  return {
    sent: () => void (sent += 1),
    accepted: ({ duplicate }) => {
      accepted += 1;
      if (duplicate) duplicates += 1;
    },
    failed: ({ code }) => void failed.set(code, (failed.get(code) ?? 0) + 1),
    read: () => ({ sent, accepted, duplicates, failed: Object.fromEntries(failed) }),
  };
};
