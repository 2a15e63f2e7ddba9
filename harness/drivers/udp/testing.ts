// For tests of the driver: a receiver that reads datagrams as their documentation says, and keeps its own books.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { crc32 } from 'node:zlib';

type Head = {
  readonly source: string;
  readonly boot: string;
  readonly n?: number;
  readonly mark?: { readonly copy: number; readonly datagrams: number; readonly events: number };
};

/** null: it is not what anybody sent. */
export const readDatagram = (datagram: Buffer): { readonly head: Head; readonly events: readonly string[] } | null => {
  const text = datagram.toString('latin1');
  const [first = ''] = text.split('\n', 1);
  const found = /^(.*),"crc32":"([0-9a-f]{8})"\}$/.exec(first);
  if (found === null) return null;
  const head = `${found[1]}}`;
  const body = datagram.subarray(first.length);
  if (crc32(body, crc32(Buffer.from(head, 'latin1'))) !== Number.parseInt(found[2] ?? '', 16)) return null;
  const events = body
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');
  return { head: JSON.parse(head) as Head, events };
};

export type SenderBooks = {
  /** How often each number came. */
  readonly numbers: Map<number, number>;
  readonly marks: Map<number, { readonly datagrams: number; readonly events: number }>;
  readonly events: string[];
  /** Came with a lower number than one before. */
  displaced: number;
};

export type Receiver = AsyncDisposable & {
  readonly port: number;
  readonly books: ReadonlyMap<string, SenderBooks>;
  readonly counts: { readonly received: number; readonly damaged: number };
  /** Resolves when so many datagrams have come, damaged ones among them; rejects with what came instead. */
  heard(datagrams: number, withinMs: number): Promise<void>;
};

export const startReceiver = async (): Promise<Receiver> => {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  const books = new Map<string, SenderBooks>();
  const counts = { received: 0, damaged: 0 };
  const listeners = new Set<() => void>();
  socket.on('message', (datagram) => {
    counts.received += 1;
    const read = readDatagram(datagram);
    if (read === null) counts.damaged += 1;
    else keep(books, read);
    listeners.forEach((listener) => listener());
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    books,
    counts,
    heard: (datagrams, withinMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          listeners.delete(look);
          reject(new Error(`${counts.received} of ${datagrams} datagrams came within ${withinMs} ms`));
        }, withinMs);
        const look = (): void => {
          if (counts.received < datagrams) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      }),
    [Symbol.asyncDispose]: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
};

const keep = (books: Map<string, SenderBooks>, { head, events }: NonNullable<ReturnType<typeof readDatagram>>): void => {
  const name = `${head.source} ${head.boot}`;
  const own: SenderBooks = books.get(name) ?? { numbers: new Map(), marks: new Map(), events: [], displaced: 0 };
  books.set(name, own);
  if (head.mark !== undefined) own.marks.set(head.mark.copy, { datagrams: head.mark.datagrams, events: head.mark.events });
  if (head.n === undefined) return;
  if (head.n < Math.max(0, ...own.numbers.keys())) own.displaced += 1;
  own.numbers.set(head.n, (own.numbers.get(head.n) ?? 0) + 1);
  own.events.push(...events);
};
