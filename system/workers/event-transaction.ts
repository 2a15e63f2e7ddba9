// What one event's user code may do in the open transaction: its statements alone, kept or undone as a whole.

export type Rows<Row> = { readonly rows: Row[]; readonly rowCount: number };

export type EventTransaction = {
  query<Row extends Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Rows<Row>>;
  /** Waits for what was sent, whether user code waited for it or not; returns the first error of a statement, or null. Nothing can be sent after it. */
  close(): Promise<unknown>;
  /** Rejects with the database's error where a deferred constraint refuses what was written: to be undone. */
  keep(): Promise<void>;
  undo(): Promise<void>;
};

export type EventTransactions = { begin(): EventTransaction };

/** Statements of one event: more is a loop. */
export const mostStatements = 1000;

const allowed: ReadonlySet<string> = new Set(['select', 'insert', 'update', 'delete', 'merge', 'with', 'values']);
const leading = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()*([a-z]*)/i;

/** The transaction is the worker's: a statement that could end it, or change what the connection is, is not sent. */
export const refuseStatement = (text: unknown): string | null => {
  if (typeof text !== 'string') return `A statement is a string; this is a ${typeof text}.`;
  const word = leading.exec(text)?.[1]?.toLowerCase() ?? '';
  return allowed.has(word)
    ? null
    : `A handler sends ${[...allowed].join(', ')}; this begins with '${word}'. Tables are declared in \`tables\` and \`setUp\`, and the transaction is not the handler's to end.`;
};
