// What the table says of one environment variable.

export type Setting = {
  readonly name: string;
  readonly kind: 'text' | 'integer' | 'number' | 'boolean' | 'url' | 'path' | 'paths';
  /** null: no default; the process says what to do when it needs it. */
  readonly fallback: string | null;
  readonly minimum?: number;
  readonly maximum?: number;
  /** text: the only values that are taken. */
  readonly choices?: readonly string[];
  readonly readers: readonly ('ingest' | 'worker' | 'query' | 'start' | 'postgres' | 'ops')[];
  readonly meaning: string;
};

/** Those that serve events. */
export const allProcesses = ['ingest', 'worker', 'query'] as const;
