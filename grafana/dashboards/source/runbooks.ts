// The runbooks that panels lead to: docs/runbooks/<name>.md, one an alert.

export const runbooks = [
  'FaultlineIngestAvailability',
  'FaultlineIngestLatency',
  'FaultlineFreshness',
  'FaultlineLagGrowing',
  'FaultlineDeadLetterTooOld',
  'FaultlineEventsDropped',
  'FaultlineDuplicateEffect',
  'FaultlineWorkerCrashLoop',
  'FaultlineTelemetryGone',
] as const;

export type Runbook = (typeof runbooks)[number];
