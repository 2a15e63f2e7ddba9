// The history as a table.
import type { Dictionaries } from './columns/dictionary.ts';
import type { RowList } from './columns/row-list.ts';
import { type Fields, Table, tableFrom } from './columns/table.ts';
import type { Operation } from './operation.ts';

const fields: Fields<Operation> = {
  op: 'number',
  event: 'number',
  phase: 'text',
  systemName: 'text',
  objectId: 'text',
  eventName: 'text',
  idempotencyKey: 'text',
  sequence: 'number',
  poison: 'text',
  expected: 'object',
  delivery: 'text',
  attempt: 'number',
  bodySha256: 'text',
  bodyBytes: 'number',
  intendedAt: 'number',
  handedAt: 'number',
  doneAt: 'number',
  outcome: 'text',
  status: 'number',
  code: 'text',
  retryAfterSeconds: 'number',
  id: 'number',
  duplicate: 'flag',
  traceId: 'text',
  datagram: 'object',
};

export const createOperationTable = (dictionaries: Dictionaries): Table<Operation> => new Table(fields, dictionaries);

/** The table itself where it is one. */
export const operationTableOf = (operations: RowList<Operation>, dictionaries: Dictionaries): Table<Operation> =>
  operations instanceof Table ? (operations as Table<Operation>) : tableFrom(fields, operations, dictionaries);
