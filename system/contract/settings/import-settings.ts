// Settings of imports of past events.
import type { Setting } from './setting.ts';

export const importSettings = {
  importLagMs: {
    name: 'FAULTLINE_IMPORT_LAG_MS',
    kind: 'integer',
    fallback: '200',
    minimum: 10,
    maximum: 3600000,
    readers: ['query'],
    meaning: 'Age of the oldest event that a processor has not passed, past which an import goes slower; past four times as much it waits.',
  },
  importCommitMs: {
    name: 'FAULTLINE_IMPORT_COMMIT_MS',
    kind: 'integer',
    fallback: '80',
    minimum: 5,
    maximum: 60000,
    readers: ['query'],
    meaning:
      "How long one of an import's own commits may take, which waits for the same locks and the same disk as those of live ingest; past it an import goes slower.",
  },
} as const satisfies Record<string, Setting>;
