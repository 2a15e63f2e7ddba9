// What imports have settled, and have still to settle, for the books.
import type { Client } from 'pg';
import { signals } from '../../contract/signals.ts';
import type { BookEntry } from '../../telemetry/accounting.ts';

/** Told at 0 too: absent data is not 0. */
const selectImports = `
  select coalesce(sum(appended), 0)::bigint as appended, coalesce(sum(duplicates), 0)::bigint as duplicate, coalesce(sum(refused), 0)::bigint as refused,
         coalesce(sum(lines + 1 - next_line) filter (where state = 'running'), 0)::bigint as running,
         coalesce(sum(lines + 1 - next_line) filter (where state = 'paused'), 0)::bigint as paused
  from imports`;

type Row = Readonly<Record<'appended' | 'duplicate' | 'refused' | 'running' | 'paused', number>>;

export const readImports = async (client: Client): Promise<readonly BookEntry[]> => {
  const { rows } = await client.query<Row>(selectImports);
  const row = rows[0]!;
  const outcomes = ['appended', 'duplicate', 'refused'] as const;
  const states = ['running', 'paused'] as const;
  return [
    ...outcomes.map((outcome) => ({
      signal: signals.importLines,
      attributes: { 'faultline.import.outcome': outcome },
      value: row[outcome],
    })),
    ...states.map((state) => ({ signal: signals.importRemaining, attributes: { 'faultline.import.state': state }, value: row[state] })),
  ];
};
