// faultline's signals as the harness asks for them: the names come from the system's own catalogue, so that none can be misspelt.
import { signals, type Signal } from '../../../system/contract/signals.ts';
import type { TargetSignal, TargetSignals } from '../../signals/target-signals.ts';

const named = ({ name, promName, source }: Signal): TargetSignal => ({ name, promName, source });

export const faultlineSignals: TargetSignals = {
  appended: named(signals.logAppended),
  duplicates: named(signals.logDuplicates),
  conflicts: named(signals.logConflicts),
  accountingEvents: named(signals.accountingEvents),
  drop: named(signals.drop),
  effectSurplus: named(signals.effectSurplus),
  lag: named(signals.lag),
  lagDuration: named(signals.lagDuration),
  deadLetters: named(signals.deadLetters),
  parkedKeys: named(signals.parkedKeys),
  accountingAge: named(signals.accountingAge),
  sent: named(signals.sentMessages),
  refused: named(signals.ingestRefused),
  takeovers: named(signals.takeovers),
  fencedWrites: named(signals.fencedWrites),
  handlerKills: named(signals.handlerKills),
  ingestQueue: named(signals.ingestQueueSize),
  consumerLag: named(signals.consumerLag),
  consumerCheckpoints: named(signals.consumerCheckpoints),
  consumerLabel: 'faultline_consumer',
  ingestDuration: named(signals.httpServerDuration),
  freshness: named(signals.freshness),
  processorLabel: 'faultline_processor',
  statusLabel: 'http_response_status_code',
  ingestRoutes: 'http_route=~"/events|/events/batch"',
  consumerSpans: ['process events', 'process timelines'],
  eventIdLabel: 'faultline_event_id',
  duplicateLabel: 'faultline_duplicate',
  deadLetterLogs: 'severity_text="ERROR" | faultline_reason!=""',
};
