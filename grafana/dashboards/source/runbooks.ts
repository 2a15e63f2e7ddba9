// The runbooks that panels lead to: docs/runbooks/<name>.md, one an alert.

export const runbooks = [
  'FaultlineBooksStale',
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
  'FaultlineKeysRefused',
  'FaultlineLagGrowing',
  'FaultlineLeaseTakenOver',
  'FaultlineQueryGone',
  'FaultlineSnapshotOld',
  'FaultlineStorageFailing',
  'FaultlineTelemetryExportFailing',
  'FaultlineTenantOverQuota',
  'FaultlineWorkerCrashLoop',
  'FaultlineWorkersGone',
] as const;

export type Runbook = (typeof runbooks)[number];
