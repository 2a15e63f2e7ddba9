// What the harness must know of a target's telemetry: the names of its signals and the shape of its traces. A target fills it in; nothing here is faultline's own.

export type TargetSignal = {
  /** The name in OpenTelemetry: what `SignalsRecord.finals` calls it. */
  readonly name: string;
  /** The name after Prometheus' translation; a histogram's without _bucket. */
  readonly promName: string;
  /** accounted: exported by one elected process each interval. observed: by each process, and gone with it when it is killed. */
  readonly source: 'accounted' | 'observed';
};

export type TargetSignals = {
  readonly appended: TargetSignal;
  readonly duplicates: TargetSignal;
  readonly conflicts: TargetSignal;
  readonly accountingEvents: TargetSignal;
  readonly drop: TargetSignal;
  readonly effectSurplus: TargetSignal;
  readonly lag: TargetSignal;
  readonly lagDuration: TargetSignal;
  readonly deadLetters: TargetSignal;
  readonly parkedKeys: TargetSignal;
  readonly accountingAge: TargetSignal;
  readonly sent: TargetSignal;
  readonly refused: TargetSignal;
  readonly takeovers: TargetSignal;
  readonly fencedWrites: TargetSignal;
  readonly handlerKills: TargetSignal;
  readonly ingestQueue: TargetSignal;
  /** Of those who consume elsewhere: events not yet checkpointed, and what became of their checkpoints. */
  readonly consumerLag: TargetSignal;
  readonly consumerCheckpoints: TargetSignal;
  readonly consumerLabel: string;
  /** Histograms, in seconds. */
  readonly ingestDuration: TargetSignal;
  readonly freshness: TargetSignal;
  /** Label of a processor's name. */
  readonly processorLabel: string;
  /** Label of the HTTP status and selector of the ingest routes, on `ingestDuration`. */
  readonly statusLabel: string;
  readonly ingestRoutes: string;
  /** The CONSUMER span of each processor: all of them belong to a whole trace. */
  readonly consumerSpans: readonly string[];
  /** Structured metadata of a log record that is about one event: its id; and what says that the event was there already. */
  readonly eventIdLabel: string;
  readonly duplicateLabel: string;
  /** LogQL filters of the records on dead letters. */
  readonly deadLetterLogs: string;
};

/** As Prometheus knows them. */
export const accountedNames = (signals: TargetSignals): ReadonlySet<string> =>
  new Set(
    Object.values(signals)
      .filter((value): value is TargetSignal => typeof value === 'object' && 'promName' in value && value.source === 'accounted')
      .map(({ promName }) => promName),
  );
