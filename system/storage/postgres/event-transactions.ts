// One event's share of the open transaction: a savepoint, set with its first statement, so that an event that writes nothing costs nothing.
import type { Client } from 'pg';
import { BeyondNumbers } from '../../contract/whole-number.ts';
import { sqlStateOf } from '../../workers/error-class.ts';
import { mostStatements, refuseStatement, type EventTransaction, type EventTransactions } from '../../workers/event-transaction.ts';

/** Statements that a connection keeps prepared: text that is made anew for each event would fill the server's memory. */
const mostPrepared = 200;

type Prepared = {
  /** By text. */
  readonly names: Map<string, string>;
  /** No name is given twice: the driver takes a name for prepared for as long as the connection lives. */
  made: number;
  /** Statements that the server keeps under names that nobody uses any more. */
  left: number;
};

/** Of the connection, for as long as it lives. */
const preparedOn = new WeakMap<Client, Prepared>();

const preparedOf = (client: Client): Prepared => {
  const known = preparedOn.get(client) ?? { names: new Map<string, string>(), made: 0, left: 0 };
  preparedOn.set(client, known);
  return known;
};

/** null: not by name, as there are enough of them. */
const nameOf = (prepared: Prepared, text: string): string | null => {
  const { names } = prepared;
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size + prepared.left >= mostPrepared) return null;
  const made = `own_${(prepared.made += 1)}`;
  names.set(text, made);
  return made;
};

/** Whoever asked meanwhile may have another name for it by now. */
const forget = (prepared: Prepared, text: string, name: string, error: unknown): void => {
  const end = endOf(error);
  if (end === 'kept' || prepared.names.get(text) !== name) return;
  prepared.names.delete(text);
  if (end === 'useless') prepared.left += 1;
};

/** feature_not_supported: "cached plan must not change result type", for good, once a table was altered under a statement. */
const planChanged = '0A000';
/** invalid_sql_statement_name: the server has none of that name. */
const nameUnknown = '26000';

/**
 * What an error says about the prepared statement. One without an SQLSTATE is the driver's own: a value that it can't send, unless it is one that it was sent. It
 * has the statement closed then, and takes it for prepared all the same.
 */
const endOf = (error: unknown): 'kept' | 'useless' | 'gone' => {
  if (error instanceof BeyondNumbers) return 'kept';
  const state = sqlStateOf(error);
  if (state === planChanged) return 'useless';
  return state === null || state === nameUnknown ? 'gone' : 'kept';
};

const sendPrepared = async <Row extends Record<string, unknown>>(client: Client, text: string, values: readonly unknown[]) => {
  const prepared = preparedOf(client);
  const name = nameOf(prepared, text);
  // `extended`: one statement, never two in one text.
  const statement = { ...(name !== null && { name }), text, values: [...values], queryMode: 'extended' };
  try {
    return await client.query<Row>(statement);
  } catch (error) {
    if (name !== null) forget(prepared, text, name, error);
    throw error;
  }
};

const selectDeferred = 'select exists (select from pg_constraint where condeferred) as found';

/** Of the connection: whether some constraint waits for the commit. */
const deferringOn = new WeakMap<Client, Promise<boolean>>();

const hasDeferred = (client: Client): Promise<boolean> => {
  const known = deferringOn.get(client);
  if (known !== undefined) return known;
  const asked = client.query<{ found: boolean }>(selectDeferred).then(({ rows }) => rows[0]!.found);
  deferringOn.set(client, asked);
  asked.catch(() => deferringOn.delete(client));
  return asked;
};

/**
 * What a constraint would say at the commit is said while it is known whose fault it is. Rolled back to before: the constraints are deferred again, for the
 * events after it, and checked once more by the commit.
 */
const checkDeferred = 'savepoint checked; set constraints all immediate; rollback to savepoint checked';

export const createEventTransactions = (client: Client): EventTransactions => ({ begin: () => beginEvent(client) });

const beginEvent = (client: Client): EventTransaction => {
  let sent = 0;
  let isOpen = true;
  let failed: unknown = null;
  const outstanding = new Set<Promise<unknown>>();
  const refuse = (text: string): string | null => {
    if (!isOpen) return 'The event was done before this statement: await every query.';
    if (sent >= mostStatements) return `The handler sent ${mostStatements} statements for one event: no more are taken.`;
    return refuseStatement(text);
  };
  const send = async <Row extends Record<string, unknown>>(text: string, values: readonly unknown[]) => {
    const savepoint = sent === 0 ? client.query('savepoint one_event') : null;
    sent += 1;
    const [, { rows, rowCount }] = await Promise.all([savepoint, sendPrepared<Row>(client, text, values)]);
    return { rows, rowCount: rowCount ?? 0 };
  };
  return {
    query: async <Row extends Record<string, unknown>>(text: string, values: readonly unknown[] = []) => {
      const reason = refuse(text);
      if (reason !== null) throw new TypeError(reason);
      const answer = send<Row>(text, values);
      const settled = answer.then(
        () => {},
        (error: unknown) => (failed ??= error),
      );
      outstanding.add(settled);
      return answer.finally(() => outstanding.delete(settled));
    },
    close: async () => {
      isOpen = false;
      await Promise.all(outstanding);
      return failed;
    },
    keep: async () => {
      if (sent === 0) return;
      if (await hasDeferred(client)) await client.query(checkDeferred);
      await client.query('release savepoint one_event');
    },
    undo: async () => {
      if (sent > 0) await client.query('rollback to savepoint one_event; release savepoint one_event');
    },
  };
};
