// The words and bounds of importing files of past events, as processes, the query API and its clients share them.

export const importFormats = ['ndjson', 'csv'] as const;
export type ImportFormat = (typeof importFormats)[number];

/** running: takes lines. cancelled and done are final. */
export const importStates = ['running', 'paused', 'cancelled', 'done'] as const;
export type ImportState = (typeof importStates)[number];

export const importLimits = {
  /** One request with lines. */
  sliceBytes: 4 * 1024 * 1024,
  sliceLines: 5000,
  /** One event, or one record of a CSV file. */
  eventBytes: 1024 * 1024,
  /** Lines of one commit: live ingest waits for its locks, so a small one. */
  commitLines: 250,
  /** From the first to the last line of one commit: as many as a block has ids. */
  commitSpan: 1000,
  /** How long one request with lines may be worked on: what is not settled then is sent again. */
  sliceMs: 5000,
  nameCharacters: 128,
  columns: 1000,
} as const;

/**
 * What holds an import below its top rate; index: the one by which identities are found is still being made; disk: the database holds its budget; quota: the
 * tenant's. null: nothing does.
 */
export const importBrakes = ['lag', 'latency', 'index', 'disk', 'quota'] as const;
export type ImportBrake = (typeof importBrakes)[number] | null;

/** The answer to lines: where the import stands now, and so what is to be sent next. */
export type SettledLines = {
  readonly state: ImportState;
  /** Every line before it is settled. */
  readonly next_line: number;
  readonly appended: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly rate_per_second: number;
  readonly brake: ImportBrake;
};
