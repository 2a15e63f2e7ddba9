// What imports of past events count.
import { signal, type Signal } from './signal.ts';

export const importSignals = {
  importLines: signal(
    'faultline.import.lines',
    '{line}',
    'counter',
    'accounted',
    'faultline_import_lines_total',
    ['faultline.import.outcome'],
    'Lines of imported files that are settled: appended, duplicate (such an event was there already), refused.',
  ),
  importRemaining: signal(
    'faultline.import.remaining',
    '{line}',
    'gauge',
    'accounted',
    'faultline_import_remaining',
    ['faultline.import.state'],
    'Lines that imports have still to settle, of those that run and those that are paused.',
  ),
  importRate: signal(
    'faultline.import.rate',
    '{line}',
    'gauge',
    'observed',
    'faultline_import_rate',
    [],
    'Lines a second that live traffic leaves to imports in this query process; 0 where none was at work in the last ten seconds.',
  ),
} as const satisfies Record<string, Signal>;
