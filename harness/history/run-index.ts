// The history and the final state, looked up by event, identity, id and key. Built once for a run and shared by all checkers, so that each stays linear.
import type { RunData } from '../engine/run-data.ts';
import { Chains } from './columns/chains.ts';
import { createDictionaries } from './columns/dictionary.ts';
import { type Groups, groupRows, sortRows } from './columns/groups.ts';
import type { Cell } from './columns/number-column.ts';
import { Numbering } from './columns/numbering.ts';
import { placeIn, Table } from './columns/table.ts';
import { type EventHistories, type EventHistory, eventHistories } from './event-histories.ts';
import { finalTablesOf, type RowOf, type Rows } from './final-tables.ts';
import type { Operation } from './operation.ts';
import { operationTableOf } from './operation-table.ts';
import { type RowsById, rowsById } from './rows-by-id.ts';

export type { EventHistory } from './event-histories.ts';
export type { RowOf, Rows } from './final-tables.ts';

export type Effect = RowOf<'event' | 'timeline-entry'>;
/** A row of a table, or an object, that names the client's own id of its event. */
export type Identified = { readonly idempotencyKey: string | null };

export type RunIndex = {
  readonly operations: Table<Operation>;
  readonly events: EventHistories;
  readonly rows: Rows;
  /** Whoever sent the event that this is about. */
  readonly senderOf: (about: Identified) => EventHistory | undefined;
  /** Rows of the log with this identity; more than one is a duplicate in the log. */
  readonly loggedAs: (identified: Identified) => readonly RowOf<'log'>[];
  readonly firstLogged: (identified: Identified) => RowOf<'log'> | undefined;
  readonly isLogged: (identified: Identified) => boolean;
  /** Identities with two rows of the log and more. */
  readonly loggedRepeatedly: () => Iterable<readonly [identity: string, rows: readonly RowOf<'log'>[]]>;
  /** The rows of the log by lane. */
  readonly logByLane: Groups;
  /** The entries of each key, in their order. */
  readonly timelines: Groups;
  /** Numbers for the ids of all rows. */
  readonly ids: Numbering;
  readonly logById: RowsById<RowOf<'log'>>;
  /** Ids of events whose object was erased. */
  readonly erased: ReadonlySet<number>;
  /** Processors of the target, with what each made, by the event's id: rows of table events, entries of timelines. */
  readonly effects: ReadonlyMap<string, RowsById<Effect>>;
};

/** Timelines are ordered and run user code; table events does neither. */
export const processors = ['events', 'timelines'] as const;

const indexes = new WeakMap<RunData, RunIndex>();

export const indexOf = (run: RunData): RunIndex => {
  const known = indexes.get(run);
  if (known !== undefined) return known;
  const made = makeIndex(run);
  indexes.set(run, made);
  return made;
};

const makeIndex = (run: RunData): RunIndex => {
  const dictionaries = run.operations instanceof Table ? run.operations.dictionaries : createDictionaries();
  const operations = operationTableOf(run.operations, dictionaries);
  const { rows } = finalTablesOf(run.finalState, dictionaries);
  const events = eventHistories(operations);
  const ids = new Numbering(rows.log.length);
  return {
    operations,
    events,
    rows,
    ...byIdentity(events, operations, rows.log),
    logByLane: lanesOf(rows.log),
    timelines: timelinesIn(rows['timeline-entry']),
    ids,
    logById: rowsById(rows.log, 'id', ids),
    erased: new Set(rows.erased.map(({ id }) => id)),
    effects: new Map<string, RowsById<Effect>>([
      ['events', rowsById(rows.event, 'id', ids)],
      ['timelines', rowsById(rows['timeline-entry'], 'eventId', ids)],
    ]),
  };
};

type ByIdentity = Pick<RunIndex, 'senderOf' | 'loggedAs' | 'firstLogged' | 'isLogged' | 'loggedRepeatedly'>;

const byIdentity = (events: EventHistories, operations: Table<Operation>, log: Table<RowOf<'log'>>): ByIdentity => {
  const identities = log.dictionaries.of('idempotencyKey');
  const [sent, column] = [operations.column('idempotencyKey'), log.column('idempotencyKey')];
  const none = identities.find('');
  /** What has no identity is looked up under the empty one. */
  const codeOf = (about: Identified): number => {
    const row = placeIn(log, about);
    if (row !== -1) return column.at(row) ?? none;
    const operation = placeIn(operations, about);
    return operation === -1 ? identities.find(about.idempotencyKey ?? '') : (sent.at(operation) ?? none);
  };
  const senders = new Int32Array(identities.size).fill(-1);
  for (let place = 0; place < events.length; place += 1) senders[codeOf(events.at(place).first)] = place;
  const logged = new Chains(identities.size, log.length, (row) => column.numberAt(row));
  return {
    senderOf: (about) => {
      const place = senders[codeOf(about)] ?? -1;
      return place === -1 ? undefined : events.at(place);
    },
    loggedAs: (identified) => logged.rowsOf(codeOf(identified)).map((row) => log.at(row)),
    firstLogged: (identified) => {
      const row = logged.first(codeOf(identified));
      return row === -1 ? undefined : log.at(row);
    },
    isLogged: (identified) => logged.first(codeOf(identified)) !== -1,
    *loggedRepeatedly() {
      for (let row = 0; row < log.length; row += 1) {
        const code = column.numberAt(row);
        if (logged.first(code) === row && logged.next(row) !== -1)
          yield [identities.text(code), logged.rowsOf(code).map((each) => log.at(each))];
      }
    },
  };
};

export const keyOf = ({ systemName, objectId }: { readonly systemName: string; readonly objectId: string }): string =>
  `${systemName}\u0000${objectId}`;

type Keyed = { readonly systemName: string; readonly objectId: string };

/** A number for the key of each row of a table. In all tables of a run the same key has the same. */
export const keyValues = <Row extends Keyed>(table: Table<Row>): ((row: number) => number) => {
  const [systems, objects] = [table.column('systemName'), table.column('objectId')];
  const objectsThere = table.dictionaries.of('objectId').size;
  return (row) => keyValue(systems.at(row), objects.at(row), objectsThere);
};

/** `isWanted`: all, where left out. */
export const groupByKey = <Row extends Keyed>(table: Table<Row>, isWanted: (row: number) => boolean = () => true): Groups => {
  const keyOfRow = keyValues(table);
  return groupRows(table.length, (row) => (isWanted(row) ? keyOfRow(row) : NaN));
};

/** Absent is no name: it counts as the one before the first. */
const keyValue = (system: Cell, object: Cell, objectsThere: number): number =>
  ((system ?? -1) + 1) * (objectsThere + 1) + (object ?? -1) + 1;

/** What `Groups.find` takes to find the rows of a key. */
export const keyValueOf = ({ systemName, objectId }: Keyed, { dictionaries }: Table<Operation>): number => {
  const objects = dictionaries.of('objectId');
  const [system, object] = [dictionaries.of('systemName').find(systemName), objects.find(objectId)];
  return system === -1 || object === -1 ? NaN : keyValue(system, object, objects.size);
};

const lanesOf = (log: Table<RowOf<'log'>>): Groups => {
  const lanes = log.column('lane');
  return groupRows(log.length, (row) => lanes.numberAt(row));
};

const timelinesIn = (entries: Table<RowOf<'timeline-entry'>>): Groups => {
  const numbers = entries.column('entry');
  const timelines = groupByKey(entries);
  for (let key = 0; key < timelines.size; key += 1) sortRows(timelines.rowsOf(key), (row) => numbers.numberAt(row));
  return timelines;
};
