// The runbooks that panels lead to: docs/runbooks/<name>.md, one an alert.

export const runbooks = [
  'FaultlineBooksStale',
  'FaultlineDatagramsLost',
  'FaultlineDeadLetterTooOld',
  'FaultlineDeadLettersGrowing',
  'FaultlineDiskBudgetNear',
  'FaultlineDuplicateEffect',
  'FaultlineEarlyEventsStuck',
  'FaultlineEffectsLost',
  'FaultlineEventsDropped',
  'FaultlineEventsStale',
  'FaultlineFreshnessBudgetBurn',
  'FaultlineIdentitiesOverBound',
  'FaultlineIngestErrorBudgetBurn',
  'FaultlineIngestGone',
  'FaultlineIngestLatencyBudgetBurn',
  'FaultlineIngestRefusing',
  'FaultlineKeysParked',
  'FaultlineLagGrowing',
  'FaultlineLeaseTakenOver',
  'FaultlineQueryGone',
  'FaultlineSnapshotOld',
  'FaultlineStorageFailing',
  'FaultlineTelemetryExportFailing',
  'FaultlineWorkerCrashLoop',
  'FaultlineWorkersGone',
] as const;

export type Runbook = (typeof runbooks)[number];
