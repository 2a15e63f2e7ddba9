// The view of an open transaction that a processor gets: it can ask and write, but neither commit nor roll back.
import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import type { Transaction } from '../../workers/processor.ts';

/** Statements are prepared once a connection, under a name made from their text: a processor has few of them. */
const names = new Map<string, string>();

const nameOf = (text: string): string => {
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = `p_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  names.set(text, name);
  return name;
};

export const toTransaction = (client: Client): Transaction => ({
  query: async <Row extends Record<string, unknown>>(text: string, values: readonly unknown[] = []) => {
    const { rows, rowCount } = await client.query<Row>({ name: nameOf(text), text, values: [...values] });
    return { rows, rowCount: rowCount ?? 0 };
  },
});
