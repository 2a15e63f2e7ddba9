// Test support: the labels of a checkpoint's series, as Prometheus names them.
import type { RowOf } from '../../history/run-index.ts';

export const checkpointLabels = ({ processor, version, lane }: RowOf<'checkpoint'>): Record<string, string> => ({
  faultline_processor: processor,
  faultline_processor_version: String(version),
  faultline_lane: String(lane),
});
