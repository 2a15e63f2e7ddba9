// Versions that are built beside the one that is read. Their lag is no lag of what anybody reads, and has names of its own, so that no alert on freshness fires.
// While none is built the one that is read stands here, which is whole: no data would say nothing.
import { signal, type Signal } from './signal.ts';

const ofVersion = ['faultline.processor', 'faultline.processor.version'] as const;

export const rebuildSignals = {
  rebuildProgress: signal(
    'faultline.rebuild.progress',
    '1',
    'gauge',
    'accounted',
    'faultline_rebuild_progress_ratio',
    ofVersion,
    'Share of the log that a version which is built has passed; 1: it follows live traffic.',
    'absent',
  ),
  rebuildLag: signal(
    'faultline.rebuild.lag',
    '{event}',
    'gauge',
    'accounted',
    'faultline_rebuild_lag',
    ofVersion,
    'Events that a version which is built has not passed.',
  ),
  rebuildLagDuration: signal(
    'faultline.rebuild.lag.duration',
    's',
    'gauge',
    'accounted',
    'faultline_rebuild_lag_duration_seconds',
    ofVersion,
    'Age of the oldest event that a version which is built has not passed; 0 with none.',
  ),
  rebuildDeadLetters: signal(
    'faultline.rebuild.dead_letters',
    '{event}',
    'gauge',
    'accounted',
    'faultline_rebuild_dead_letters',
    ofVersion,
    'Dead letters of a version that is built: what an operator decides before it is read.',
  ),
  erasuresOpen: signal(
    'faultline.erasures.open',
    '{erasure}',
    'gauge',
    'accounted',
    'faultline_erasures_open',
    [],
    'Erasures that were asked for and have no proof yet.',
  ),
} as const satisfies Record<string, Signal>;
