// What waits, a queue a tenant: they take turns, and whoever has had the fewest bytes of a batch is next. Within a tenant the order stays, and so the order of each key.

/** `sinceMs`: since when it waits. As a rule in the order of the queue, but some come in late. */
export type Queued = { readonly request: { readonly tenant: string }; readonly bytes: number; readonly sinceMs: number };

export type FairQueue<Item extends Queued> = {
  readonly length: number;
  push(item: Item): void;
  /** Takes the next ones, as long as the caller wants each. */
  take(wants: (item: Item) => boolean): Item[];
  /** Takes each that has waited since before then, wherever it stands, and looks at none where there is none. Nobody's turn changes with it. */
  takeOlder(beforeMs: number): Item[];
};

/** `seat`: 0, 1, 2 … as they came into the line. */
type Low = { readonly seat: number; readonly sinceMs: number };

type Line<Item> = {
  items: Item[];
  at: number;
  takenBytes: number;
  /** Of the first item. */
  firstSeat: number;
  /** Those that have waited for longer than all behind them, so from the oldest to the youngest: behind the last that is too old, nothing is. */
  lows: Low[];
};

const addLow = (lows: Low[], low: Low): void => {
  while (lows.length > 0 && lows.at(-1)!.sinceMs >= low.sinceMs) lows.pop();
  lows.push(low);
};

const addTo = <Item extends Queued>(line: Line<Item>, item: Item): void => {
  addLow(line.lows, { seat: line.firstSeat + line.items.length, sinceMs: item.sinceMs });
  line.items.push(item);
};

export const createFairQueue = <Item extends Queued>(): FairQueue<Item> => {
  const lines = new Map<string, Line<Item>>();
  let length = 0;
  /** Who was served goes to the end, so that also the smallest share comes round. */
  const settleTurn = (tenant: string, line: Line<Item>): void => {
    lines.delete(tenant);
    if (line.at >= line.items.length) return;
    line.items = line.items.slice(line.at);
    line.firstSeat += line.at;
    while (line.lows[0]!.seat < line.firstSeat) line.lows.shift();
    line.at = 0;
    line.takenBytes = 0;
    lines.set(tenant, line);
  };
  return {
    get length() {
      return length;
    },
    push: (item) => {
      const { tenant } = item.request;
      const line = lines.get(tenant) ?? { items: [], at: 0, takenBytes: 0, firstSeat: 0, lows: [] };
      addTo(line, item);
      lines.set(tenant, line);
      length += 1;
    },
    take: (wants) => {
      const taken: Item[] = [];
      const served = new Map<string, Line<Item>>();
      for (let next = leastServed(lines); next !== null; next = leastServed(lines)) {
        const [tenant, line] = next;
        const item = line.items[line.at]!;
        if (!wants(item)) break;
        line.at += 1;
        line.takenBytes += item.bytes;
        served.set(tenant, line);
        taken.push(item);
      }
      length -= taken.length;
      for (const [tenant, line] of served) settleTurn(tenant, line);
      return taken;
    },
    takeOlder: (beforeMs) => {
      const taken = [...lines].flatMap(([tenant, line]) => {
        const older = takeOlderOf(line, beforeMs);
        if (line.items.length === 0) lines.delete(tenant);
        return older;
      });
      length -= taken.length;
      return taken;
    },
  };
};

/** As a rule there is none: of a full queue that must cost nothing, as it is asked for whenever something comes in. */
const takeOlderOf = <Item extends Queued>(line: Line<Item>, beforeMs: number): Item[] => {
  const youngerAt = line.lows.findIndex(({ sinceMs }) => sinceMs >= beforeMs);
  const olderLows = youngerAt === -1 ? line.lows.length : youngerAt;
  if (olderLows === 0) return [];
  const end = line.lows[olderLows - 1]!.seat + 1 - line.firstSeat;
  const older: Item[] = [];
  const kept: Item[] = [];
  for (const item of line.items.slice(0, end)) (item.sinceMs < beforeMs ? older : kept).push(item);
  line.items = kept.concat(line.items.slice(end));
  line.firstSeat += older.length;
  const lows: Low[] = [];
  for (const [index, { sinceMs }] of kept.entries()) addLow(lows, { seat: line.firstSeat + index, sinceMs });
  for (const low of line.lows.slice(olderLows)) addLow(lows, low);
  line.lows = lows;
  return older;
};

const leastServed = <Item>(lines: ReadonlyMap<string, Line<Item>>): readonly [string, Line<Item>] | null => {
  let least: readonly [string, Line<Item>] | null = null;
  for (const entry of lines) {
    const [, line] = entry;
    if (line.at < line.items.length && (least === null || line.takenBytes < least[1].takenBytes)) least = entry;
  }
  return least;
};
