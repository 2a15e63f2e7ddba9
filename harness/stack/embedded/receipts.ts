// What came in: counts by signal and service with the time of the last receipt, so that silence of a sender can be told from silence of the receiver.

export type SignalName = 'metrics' | 'traces' | 'logs';

/** What became of one export request. `message` tells the sender why something was rejected. */
export type ExportOutcome = {
  readonly accepted: number;
  readonly rejected: number;
  readonly message: string;
  /** Items accepted, by service.name. */
  readonly services: ReadonlyMap<string, number>;
};

type ServiceReceipt = { items: number; lastReceivedAt: number };

export type Receipts = {
  count(signal: SignalName, outcome: ExportOutcome, atMs: number): void;
  countRefused(signal: SignalName): void;
  report(): Readonly<Record<SignalName, unknown>>;
};

const maxServices = 1_000;

export const createReceipts = (): Receipts => {
  const create = () => ({ requests: 0, refusedRequests: 0, accepted: 0, rejected: 0, services: new Map<string, ServiceReceipt>() });
  const books = { metrics: create(), traces: create(), logs: create() };
  const countService = (services: Map<string, ServiceReceipt>, service: string, items: number, atMs: number): void => {
    const known = services.get(service);
    if (known !== undefined) {
      known.items += items;
      known.lastReceivedAt = atMs;
    } else if (services.size < maxServices) services.set(service, { items, lastReceivedAt: atMs });
  };
  return {
    count(signal, outcome, atMs) {
      const book = books[signal];
      book.requests += 1;
      book.accepted += outcome.accepted;
      book.rejected += outcome.rejected;
      for (const [service, items] of outcome.services) countService(book.services, service, items, atMs);
    },
    countRefused(signal) {
      books[signal].refusedRequests += 1;
    },
    report: () => ({ metrics: reportOf(books.metrics), traces: reportOf(books.traces), logs: reportOf(books.logs) }),
  };
};

const reportOf = ({ services, ...counts }: { readonly services: ReadonlyMap<string, ServiceReceipt>; readonly requests: number }) => ({
  ...counts,
  services: Object.fromEntries(
    [...services].map(([name, receipt]) => [
      name,
      { items: receipt.items, lastReceivedAt: new Date(receipt.lastReceivedAt).toISOString() },
    ]),
  ),
});
