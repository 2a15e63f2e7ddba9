// faultline's signals as the harness asks for them, from the one catalogue.
import { signals } from '../../../system/contract/signals.ts';
import type { TargetSignals } from '../../signals/target-signals.ts';

export const faultlineSignals: TargetSignals = {
  appended: signals.logAppended,
  duplicates: signals.logDuplicates,
  conflicts: signals.logConflicts,
  accountingEvents: signals.accountingEvents,
  drop: signals.drop,
  effectSurplus: signals.effectSurplus,
  lag: signals.lag,
  lagDuration: signals.lagDuration,
  deadLetters: signals.deadLetters,
  parkedKeys: signals.parkedKeys,
  accountingAge: signals.accountingAge,
  sent: signals.sentMessages,
  refused: signals.ingestRefused,
  takeovers: signals.takeovers,
  fencedWrites: signals.fencedWrites,
  handlerKills: signals.handlerKills,
  ingestQueue: signals.ingestQueueSize,
  ingestDuration: signals.httpServerDuration,
  freshness: signals.freshness,
  processorLabel: 'faultline_processor',
  statusLabel: 'http_response_status_code',
  ingestRoutes: 'http_route=~"/events(/batch)?"',
  consumerSpans: ['process events', 'process timelines'],
};
