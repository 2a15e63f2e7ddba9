// The final state by kinds of rows: of log, events and timelines, which have a row for each event, a table; of all others, which are few, the rows as they are.
import type { Dictionaries } from './columns/dictionary.ts';
import { byteWord, standsAt, viewOf } from './columns/byte-word.ts';
import { type Fields, plainRow, Table } from './columns/table.ts';
import type { FinalRow } from './final-state.ts';

export type RowOf<Kind extends FinalRow['kind']> = Extract<FinalRow, { readonly kind: Kind }>;
type Tabled = 'log' | 'event' | 'timeline-entry';
type Few = Exclude<FinalRow['kind'], Tabled | 'stored'>;

/** By kind. A kept event of another target stands among the rows of the log. */
export type Rows = { readonly [Kind in Tabled]: Table<RowOf<Kind>> } & { readonly [Kind in Few]: readonly RowOf<Kind>[] };

const logFields: Fields<RowOf<'log'>> = {
  kind: 'text',
  lane: 'number',
  position: 'number',
  id: 'number',
  tenant: 'text',
  systemName: 'text',
  objectId: 'text',
  eventName: 'text',
  minute: 'number',
  idempotencyKey: 'text',
  sequence: 'number',
  bodySha256: 'text',
  receivedAt: 'number',
  appendedAt: 'number',
};

const eventFields: Fields<RowOf<'event'>> = {
  kind: 'text',
  lane: 'number',
  position: 'number',
  id: 'number',
  tenant: 'text',
  systemName: 'text',
  objectId: 'text',
  eventName: 'text',
  idempotencyKey: 'text',
  sequence: 'number',
  bodySha256: 'text',
  receivedAt: 'number',
  appliedAt: 'number',
};

const entryFields: Fields<RowOf<'timeline-entry'>> = {
  kind: 'text',
  tenant: 'text',
  systemName: 'text',
  objectId: 'text',
  entry: 'number',
  eventId: 'number',
  eventName: 'text',
  sequence: 'number',
  lane: 'number',
  position: 'number',
  appliedAt: 'number',
};

/** How a line of each kind begins. */
const beginnings = (['log', 'event', 'timeline-entry', 'stored'] as const).map((kind) => ({
  begins: byteWord(`{"kind":"${kind}",`),
  kind: kind === 'stored' ? 'log' : kind,
}));

/** Where it was not read from a file: rows of all kinds. */
export type FinalState = FinalTables | readonly FinalRow[];

// A class, so that a final state that was read is told from a list of rows.
export class FinalTables {
  /** All rows that were added, also those that nobody judges. */
  length = 0;
  readonly dictionaries: Dictionaries;
  readonly rows: Rows;
  #bytes: Uint8Array = new Uint8Array();
  #view = viewOf(this.#bytes);
  readonly #few: { readonly [Kind in Few]: RowOf<Kind>[] } = {
    count: [],
    'own-effect': [],
    lane: [],
    checkpoint: [],
    recount: [],
    parked: [],
    pending: [],
    'datagram-sender': [],
    'datagram-door': [],
    'datagram-link': [],
    'consumer-lane': [],
    erased: [],
    remnant: [],
    'lease-event': [],
  };

  constructor(dictionaries: Dictionaries) {
    this.dictionaries = dictionaries;
    this.rows = {
      ...this.#few,
      log: new Table(logFields, dictionaries),
      event: new Table(eventFields, dictionaries),
      'timeline-entry': new Table(entryFields, dictionaries),
    };
  }

  /** Rows of the target's own internal processors (their names begin with _) are not the harness's to judge. Unknown kinds come from a newer target and are left out. */
  add(row: FinalRow): void {
    this.length += 1;
    if ('processor' in row && row.processor.startsWith('_') && row.kind !== 'lease-event') return;
    const kind = row.kind === 'stored' ? 'log' : row.kind;
    if (kind === 'log' || kind === 'event' || kind === 'timeline-entry') (this.rows[kind] as unknown as Table<FinalRow>).add(row);
    else (this.#few[kind] as FinalRow[] | undefined)?.push(row);
  }

  /** Adds the row of a line of valid UTF-8. False: it is not of the simple kind, or of a kind that has no table, and nothing was added. */
  addLine(bytes: Buffer, from: number, to: number): boolean {
    if (bytes !== this.#bytes) this.#lookAt(bytes);
    for (const { begins, kind } of beginnings) {
      if (!standsAt(this.#view, from, begins)) continue;
      if (!this.rows[kind].addLine(bytes, from, to)) return false;
      this.length += 1;
      return true;
    }
    return false;
  }

  #lookAt(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }

  /** What was added and is judged, kind by kind. */
  *[Symbol.iterator](): Generator<FinalRow> {
    for (const rows of Object.values<Iterable<FinalRow>>(this.rows)) yield* rows;
  }

  trim(): void {
    for (const kind of ['log', 'event', 'timeline-entry'] as const) this.rows[kind].trim();
  }
}

/** The tables themselves where they share these dictionaries. */
export const finalTablesOf = (finalState: FinalState, dictionaries: Dictionaries): FinalTables => {
  if (finalState instanceof FinalTables && finalState.dictionaries === dictionaries) return finalState;
  const tables = new FinalTables(dictionaries);
  for (const row of finalState) tables.add(plainRow(row));
  tables.trim();
  return tables;
};
