// One event's share of the open transaction: a savepoint, set with its first statement, so that an event that writes nothing costs nothing.
import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { mostStatements, refuseStatement, type EventTransaction, type EventTransactions } from '../../workers/event-transaction.ts';

/** Statements that a connection keeps prepared: text that is made anew for each event would fill the server's memory. */
const mostPrepared = 200;

/** Of the connection, for as long as it lives. */
const preparedOn = new WeakMap<Client, Map<string, string>>();

const nameOf = (client: Client, text: string): { name: string } | null => {
  const known = preparedOn.get(client) ?? new Map<string, string>();
  preparedOn.set(client, known);
  const name = known.get(text);
  if (name !== undefined) return { name };
  if (known.size >= mostPrepared) return null;
  const made = `own_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  known.set(text, made);
  return { name: made };
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
    // `extended`: one statement, never two in one text.
    const statement = { ...nameOf(client, text), text, values: [...values], queryMode: 'extended' };
    const [, { rows, rowCount }] = await Promise.all([savepoint, client.query<Row>(statement)]);
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
