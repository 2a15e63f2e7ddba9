// What users may expect of the front door, where code and alert rules must mean the same.

/** How long a producer may wait for its answer: the bound of the latency objective. */
export const ingestAnswerSeconds = 0.5;

/** Of a request without an answer, as `error.type`: its client went by its own choice, or after ingest had let it wait for longer than it may. */
export const unanswered = { left: 'client_left', overdue: 'answer_overdue' } as const;
