// What waits, a queue a tenant: they take turns, and whoever has had the fewest bytes of a batch is next. Within a tenant the order stays, and so the order of each key.

export type Queued = { readonly request: { readonly tenant: string }; readonly bytes: number };

export type FairQueue<Item extends Queued> = {
  readonly length: number;
  push(item: Item): void;
  /** Takes the next ones, as long as the caller wants each. */
  take(wants: (item: Item) => boolean): Item[];
  /** Takes each that the caller wants, wherever it stands. Nobody's turn changes with it. */
  takeAll(wants: (item: Item) => boolean): Item[];
};

type Line<Item> = { items: Item[]; at: number; takenBytes: number };

export const createFairQueue = <Item extends Queued>(): FairQueue<Item> => {
  const lines = new Map<string, Line<Item>>();
  let length = 0;
  /** Who was served goes to the end, so that also the smallest share comes round. */
  const settleTurn = (tenant: string, line: Line<Item>): void => {
    lines.delete(tenant);
    if (line.at >= line.items.length) return;
    line.items = line.items.slice(line.at);
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
      const line = lines.get(tenant);
      if (line === undefined) lines.set(tenant, { items: [item], at: 0, takenBytes: 0 });
      else line.items.push(item);
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
    takeAll: (wants) => {
      const taken = [...lines].flatMap(([tenant, line]) => {
        // As a rule nothing is wanted.
        if (!line.items.some(wants)) return [];
        const wanted = line.items.filter(wants);
        line.items = line.items.filter((item) => !wants(item));
        if (line.items.length === 0) lines.delete(tenant);
        return wanted;
      });
      length -= taken.length;
      return taken;
    },
  };
};

const leastServed = <Item>(lines: ReadonlyMap<string, Line<Item>>): readonly [string, Line<Item>] | null => {
  let least: readonly [string, Line<Item>] | null = null;
  for (const entry of lines) {
    const [, line] = entry;
    if (line.at < line.items.length && (least === null || line.takenBytes < least[1].takenBytes)) least = entry;
  }
  return least;
};
