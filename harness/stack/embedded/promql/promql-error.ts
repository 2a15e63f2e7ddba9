// The one error of the evaluator. Its types are Prometheus' own (they are on the wire); a defect of ours is never one of them.

/** bad_data: the query is wrong (HTTP 400); execution: it failed on this data (422); timeout: it took too long (503). */
export type PromqlErrorType = 'bad_data' | 'execution' | 'timeout';

export type QueryPosition = { readonly from: number; readonly to: number };

export class PromqlError extends Error {
  readonly errorType: PromqlErrorType;
  readonly position: QueryPosition | null;

  constructor(errorType: PromqlErrorType, message: string, position: QueryPosition | null = null) {
    super(message);
    this.name = 'PromqlError';
    this.errorType = errorType;
    this.position = position;
  }
}

/** "line:column", both from 1, as Prometheus prints a place in a query. */
export const lineAndColumn = (query: string, offset: number): string => {
  const before = query.slice(0, offset);
  return `${before.split('\n').length}:${offset - before.lastIndexOf('\n')}`;
};

export const parseError = (query: string, position: QueryPosition, message: string): PromqlError =>
  new PromqlError('bad_data', `${lineAndColumn(query, position.from)}: parse error: ${message}`, position);

export const executionError = (message: string): PromqlError => new PromqlError('execution', message);
