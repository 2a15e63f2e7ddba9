// The log's partitions: made ahead, kept, dropped.
import { signal, type Signal } from './signal.ts';

export const logSignals = {
  logPartitionsAhead: signal(
    'faultline.log.partitions.ahead',
    '{day}',
    'gauge',
    'accounted',
    'faultline_log_partitions_ahead',
    [],
    'Days after today for which the log has its partition, without a gap. 0: at midnight (UTC) an append finds none.',
  ),
  logPartitionsOverdue: signal(
    'faultline.log.partitions.overdue',
    '{partition}',
    'gauge',
    'accounted',
    'faultline_log_partitions_overdue',
    [],
    'Partitions of the log past retention that are still there: not read by all who must, or not to be dropped.',
  ),
  logOldestAge: signal(
    'faultline.log.oldest_age',
    's',
    'gauge',
    'accounted',
    'faultline_log_oldest_age_seconds',
    [],
    'Since the oldest partition of the log began: how far back it goes.',
  ),
  logLowWater: signal(
    'faultline.log.low_water',
    '{event}',
    'gauge',
    'accounted',
    'faultline_log_low_water',
    ['faultline.lane'],
    "The lane's low-water mark: positions up to it were dropped by retention.",
  ),
} as const satisfies Record<string, Signal>;
