// What the installed package exports as `faultline/processor`: a processor of your own, in a file of yours. docs/processors.md tells the whole.
import { definitionProblems } from './definition-problems.ts';

/** One event, as it stands in the stream. */
export type ProcessorEvent = {
  /** Unique per event; says nothing about order. */
  readonly id: number;
  readonly tenant: string;
  readonly systemName: string;
  readonly objectId: string;
  readonly eventName: string;
  readonly eventTime: Date;
  readonly receivedAt: Date;
  /** The producer's own number of the event for this object; null: it gave none. */
  readonly sequence: number | null;
  /** The client's id; null: it gave none. */
  readonly idempotencyKey: string | null;
  /** The version of its schema that it is given in; null: none is known of it. */
  readonly schemaVersion: number | null;
  /** Parsed from the event's text: a number with more digits than a double holds loses them here, and not in `body`. */
  readonly metadata: unknown;
  /** The raw JSON text as it came (with what an operator fixed, where one did, and cast where `reads.versions` asks for it). */
  readonly body: string;
};

export type Rows<Row> = { readonly rows: Row[]; readonly rowCount: number };

/** What `handle` is given beside the event. */
export type HandlerContext<Table extends string = string> = {
  /**
   * One statement (select, insert, update, delete, merge) in the transaction that moves the checkpoint: it is committed with it, or not at all. A statement
   * that fails is the event's failure, also where you catch it. Time spent in here does not count against the deadline.
   */
  query<Row extends Record<string, unknown> = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Rows<Row>>;
  /** The names that your tables have in the database. */
  readonly tables: Readonly<Record<Table, string>>;
  /** For effects outside of the database: the same each time that this version of the processor is given this event, and for no other. */
  readonly token: string;
  /** An operator asks what would happen: what you write is rolled back, and nothing should be done outside. */
  readonly isRehearsal: boolean;
};

/** Makes the tables' names for `setUp`. */
export type SetUp<Table extends string = string> = {
  readonly tables: Readonly<Record<Table, string>>;
  /** Those of the version that this one goes on from, by the names that it gave them: also what this one has no more. null where there is none. */
  readonly previous: (Readonly<Record<Table, string>> & Readonly<Record<string, string>>) | null;
};

export type ErrorPolicy = {
  /** Attempts, the first included, before the event is given up. Default: FAULTLINE_HANDLER_ATTEMPTS. */
  readonly attempts?: number;
  /** Wait before the second attempt, in milliseconds; doubled for each one after. Default: FAULTLINE_HANDLER_RETRY_MS. */
  readonly retryMs?: number;
  /**
   * park (default): a dead letter, and its key waits behind it. skip: counted as skipped, and its key goes on.
   * stop: the lane stands still before the event, loudly, and tries it again and again; `attempts` does not apply.
   */
  readonly action?: 'park' | 'skip' | 'stop';
};

/** `above`: events that a lane may be behind before it begins. */
export type BackPressure =
  /** Nothing is left out; the lag grows (default). */
  | { readonly strategy: 'block' }
  /** What is further behind than that is passed without being handled, and counted as shed. */
  | { readonly strategy: 'shed'; readonly above: number }
  /** Of what is further behind, one event in `keepOneIn` is handled; the others are counted as shed. */
  | { readonly strategy: 'sample'; readonly above: number; readonly keepOneIn: number };

export type Reads = {
  readonly systems?: readonly string[];
  readonly events?: readonly string[];
  readonly tenant?: string;
  /** Events that `handle` wants in one version of their registered schema, whatever they came as. One that can't be cast to it is a failed event. */
  readonly versions?: readonly ReadVersion[];
};

export type ReadVersion = { readonly system: string; readonly event: string; readonly version: number };

export type ProcessorDefinition<Table extends string = string> = {
  /** Lower-case words joined by hyphens, at most 24 characters. */
  readonly name: string;
  /** 1, 2, 3 …: another version has its own tables, checkpoint and dead letters. */
  readonly version: number;
  /** What it reads; everything else is passed and counted as ignored. Left out: all of it. */
  readonly reads?: Reads;
  /** Each name with what stands between the brackets of CREATE TABLE. */
  readonly tables?: Readonly<Record<Table, string>>;
  /** Statements that follow, in the same transaction: indexes, rows to begin with, what is taken over from the version before. */
  readonly setUp?: (names: SetUp<Table>) => readonly string[];
  /**
   * How the rows of one object are found in each table, so that its erasure reaches them: a condition on $1, $2 and $3 (tenant, system and object, as text) and,
   * where what came later is to stay, $4 (the moment at which it was asked for). null: the table holds nothing of one object.
   */
  readonly erase?: Readonly<Partial<Record<Table, string | null>>>;
  /**
   * Where the first checkpoint of this version stands. beginning: all that the log holds. now: what comes from here on.
   * previous: where the version before stands, whose checkpoint, waiting and parked events are taken over as they are.
   */
  readonly startsFrom?: 'beginning' | 'now' | 'previous';
  /** per-key (default): the events of an object one after the other. none: a failing event holds up no other. */
  readonly order?: 'per-key' | 'none';
  /** Nothing returned, or anything but `false`: done. `false`: not for this processor, counted as ignored; what it wrote is undone. */
  readonly handle: (event: ProcessorEvent, context: HandlerContext<Table>) => unknown;
  readonly onError?: ErrorPolicy;
  readonly backPressure?: BackPressure;
  /** Milliseconds of its own that `handle` may take for one event before its thread is ended. Default: FAULTLINE_HANDLER_DEADLINE_MS. */
  readonly deadlineMs?: number;
};

/** A file's default export. Throws a TypeError with each mistake, one a line. */
export const defineProcessor = <const Table extends string = never>(definition: ProcessorDefinition<Table>): ProcessorDefinition<Table> => {
  const problems = definitionProblems(definition);
  if (problems.length > 0) throw new TypeError(problems.join('\n'));
  return definition;
};
