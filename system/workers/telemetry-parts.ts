// What the workers' collectors share: the instruments, the batch as they see it, and how a lane is named.
import type { Instruments } from '../telemetry/instruments.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Spans } from '../telemetry/spans.ts';
import type { LaneId } from './checkpoint.ts';
import type { TracedEvent } from './processor.ts';
import type { FailureNote } from './thread-protocol.ts';

export type FinishedBatch = {
  readonly delivered: number;
  readonly receivedAtMs: ArrayLike<number>;
  readonly traced: readonly TracedEvent[];
  readonly failures: readonly FailureNote[];
  readonly setAside?: boolean;
  readonly startedAtMs: number;
  readonly settledFromMs: number;
  readonly endedAtMs: number;
};

export type TelemetryParts = { readonly instruments: Instruments; readonly tracer: Spans; readonly logger: Logger };

export const laneAttributes = ({ processor, version, lane }: LaneId) => ({
  'faultline.processor': processor,
  'faultline.processor.version': version,
  'faultline.lane': lane,
});
