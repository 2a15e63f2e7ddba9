// Settings of the rebuild of read models.
import type { Setting } from './setting.ts';

export const rebuildSettings = {
  timelineHandlers: {
    name: 'FAULTLINE_TIMELINE_HANDLERS',
    kind: 'text',
    fallback: null,
    readers: ['worker'],
    meaning:
      'User code of later versions of processor timelines, as 2=./v2.ts,3=./v3.ts. A version that is built with code of its own runs only on workers that list it.',
  },
  freshnessBudgetMs: {
    name: 'FAULTLINE_FRESHNESS_BUDGET_MS',
    kind: 'integer',
    fallback: '250',
    minimum: 10,
    maximum: 600000,
    readers: ['worker', 'query'],
    meaning:
      'How long a live event may wait for its read model. A rebuild slows down while the oldest waits longer, and nothing is switched to a version that is further behind.',
  },
} as const satisfies Record<string, Setting>;
