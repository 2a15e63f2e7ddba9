// The registry of checks: an explicit map, so that a reader sees all that is ever judged, and what a scenario may name.
import type { NeededParameters } from '../engine/reference-problems.ts';
import { accountingOverTime } from '../checkers/accounting-over-time.ts';
import { accounting } from '../checkers/accounting.ts';
import { agreement } from '../checkers/agreement.ts';
import { unlessByDatagram } from '../checkers/by-datagram.ts';
import type { Check, CheckRegistry } from '../checkers/check.ts';
import { clock } from '../checkers/clock.ts';
import { conflictingEffect } from '../checkers/conflicting-effect.ts';
import { consumedAtLeastOnce } from '../checkers/consumed-at-least-once.ts';
import { consumedInOrder } from '../checkers/consumed-in-order.ts';
import { checkpointNeverAhead } from '../checkers/checkpoint-never-ahead.ts';
import { redeliveryBounded } from '../checkers/redelivery-bounded.ts';
import { consumerZombieFenced } from '../checkers/consumer-zombie-fenced.ts';
import { givenUnderLease } from '../checkers/given-under-lease.ts';
import { consumerFencingSeen } from '../checkers/consumer-fencing-seen.ts';
import { consumerRedeliveriesSeen } from '../checkers/consumer-redeliveries-seen.ts';
import { consumerLag } from '../checkers/consumer-lag.ts';
import { countedLoss } from '../checkers/counted-loss.ts';
import { deadLettersEqualPoison } from '../checkers/dead-letters-equal-poison.ts';
import { deadLettersSeen } from '../checkers/dead-letters-seen.ts';
import { detection } from '../checkers/detection.ts';
import { diskBounded } from '../checkers/disk-bounded.ts';
import { drained } from '../checkers/drained.ts';
import { duplicateEffect } from '../checkers/duplicate-effect.ts';
import { duplicateInLog } from '../checkers/duplicate-in-log.ts';
import { duplicatesCountedExactly } from '../checkers/duplicates-counted-exactly.ts';
import { duplicatesSeen } from '../checkers/duplicates-seen.ts';
import { erasedEverywhere } from '../checkers/erased-everywhere.ts';
import { erasedUnasked } from '../checkers/erased-unasked.ts';
import { equalsOrderedDelivery } from '../checkers/equals-ordered-delivery.ts';
import { everyEventAcknowledged } from '../checkers/every-event-acknowledged.ts';
import { faultsHealed } from '../checkers/faults-healed.ts';
import { faultsTookEffect } from '../checkers/faults-took-effect.ts';
import { fencingSeen } from '../checkers/fencing-seen.ts';
import { finalStateComplete } from '../checkers/final-state-complete.ts';
import { gapless } from '../checkers/gapless.ts';
import { generator } from '../checkers/generator.ts';
import { goodEventsAccepted } from '../checkers/good-events-accepted.ts';
import { historyComplete } from '../checkers/history-complete.ts';
import { invertedSeen } from '../checkers/inverted-seen.ts';
import { lagOverSeen } from '../checkers/lag-over-seen.ts';
import { lagRecovers } from '../checkers/lag-recovers.ts';
import { lag } from '../checkers/lag.ts';
import { logs } from '../checkers/logs.ts';
import { lost } from '../checkers/lost.ts';
import { machine } from '../checkers/machine.ts';
import { memorySteady } from '../checkers/memory-steady.ts';
import { memoryWithin } from '../checkers/memory-within.ts';
import { monotonicReads } from '../checkers/monotonic-reads.ts';
import { noDeadLetters } from '../checkers/no-dead-letters.ts';
import { othersStayFresh } from '../checkers/others-stay-fresh.ts';
import { noTakeover } from '../checkers/no-takeover.ts';
import { orderPerKey } from '../checkers/order-per-key.ts';
import { outOfOrderSeen } from '../checkers/out-of-order-seen.ts';
import { ownEffectsOnce } from '../checkers/own-effects-once.ts';
import { panelsHaveData } from '../checkers/panels-have-data.ts';
import { phantom } from '../checkers/phantom.ts';
import { phantomReads } from '../checkers/phantom-reads.ts';
import { poisonAnswers } from '../checkers/poison-answers.ts';
import { readModel } from '../checkers/read-model.ts';
import { readYourWrites } from '../checkers/read-your-writes.ts';
import { readsAnswered } from '../checkers/reads-answered.ts';
import { readsSeen } from '../checkers/reads-seen.ts';
import { recovered } from '../checkers/recovered.ts';
import { recoveredSeen } from '../checkers/recovered-seen.ts';
import { redelivery } from '../checkers/redelivery.ts';
import { refusalsAreDefinite } from '../checkers/refusals-are-definite.ts';
import { refusalsSeen } from '../checkers/refusals-seen.ts';
import { refusedInTime } from '../checkers/refused-in-time.ts';
import { refusedNobody } from '../checkers/refused-nobody.ts';
import { samples } from '../checkers/samples.ts';
import { staleReads } from '../checkers/stale-reads.ts';
import { stopsInOrder } from '../checkers/stops-in-order.ts';
import { takeoverWithin } from '../checkers/takeover-within.ts';
import { takeoversSeen } from '../checkers/takeovers-seen.ts';
import { telemetry } from '../checkers/telemetry.ts';
import { traces } from '../checkers/traces.ts';
import { replayedAsAsked } from '../checkers/replayed-as-asked.ts';
import { zombieFenced } from '../checkers/zombie-fenced.ts';

/** Every run gets these, whatever its scenario: safety, validity, liveness and agreement. */
export const everyRunChecks: CheckRegistry = new Map<string, Check>([
  ['lost', lost],
  ['phantom', phantom],
  ['duplicate-in-log', duplicateInLog],
  ['duplicate-effect', duplicateEffect],
  ['conflicting-effect', conflictingEffect],
  ['recovered', recovered],
  ['redelivery', redelivery],
  ['read-model', readModel],
  ['order-per-key', orderPerKey],
  ['gapless', gapless],
  ['accounting', accounting],
  ['accounting-over-time', accountingOverTime],
  ['counted-loss', countedLoss],
  ['erased-unasked', erasedUnasked],
  ['drained', drained],
  ['history-complete', historyComplete],
  ['final-state-complete', finalStateComplete],
  ['generator', generator],
  ['samples', samples],
  ['faults-took-effect', faultsTookEffect],
  ['faults-healed', faultsHealed],
  ['telemetry', telemetry],
  ['machine', machine],
  ['clock', clock],
  ['agreement', agreement],
  ['lag', lag],
  ['consumer-lag', consumerLag],
  ['traces', unlessByDatagram(traces)],
  ['logs', unlessByDatagram(logs)],
  ['detection', detection],
]);

/** What a scenario may name under `expectations`. */
export const expectationChecks: CheckRegistry = new Map<string, Check>([
  ['refusals-are-definite', refusalsAreDefinite],
  ['poison-answers', poisonAnswers],
  ['dead-letters-equal-poison', deadLettersEqualPoison],
  ['own-effects-once', ownEffectsOnce],
  ['no-dead-letters', noDeadLetters],
  ['good-events-accepted', goodEventsAccepted],
  ['every-event-acknowledged', everyEventAcknowledged],
  ['refused-nobody', refusedNobody],
  ['refused-in-time', refusedInTime],
  ['stops-in-order', stopsInOrder],
  ['takeover-within', takeoverWithin],
  ['zombie-fenced', zombieFenced],
  ['no-takeover', noTakeover],
  ['equals-ordered-delivery', equalsOrderedDelivery],
  ['duplicates-counted-exactly', duplicatesCountedExactly],
  ['lag-recovers', lagRecovers],
  ['others-stay-fresh', othersStayFresh],
  ['memory-within', memoryWithin],
  ['memory-steady', memorySteady],
  ['disk-bounded', diskBounded],
  ['panels-have-data', panelsHaveData],
  ['read-your-writes', readYourWrites],
  ['monotonic-reads', monotonicReads],
  ['stale-reads', staleReads],
  ['phantom-reads', phantomReads],
  ['reads-answered', readsAnswered],
  ['erased-everywhere', erasedEverywhere],
  ['consumed-at-least-once', consumedAtLeastOnce],
  ['consumed-in-order', consumedInOrder],
  ['checkpoint-never-ahead', checkpointNeverAhead],
  ['redelivery-bounded', redeliveryBounded],
  ['consumer-zombie-fenced', consumerZombieFenced],
  ['given-under-lease', givenUnderLease],
  ['replayed-as-asked', replayedAsAsked],
]);

/** What a scenario may name under `mustBeSeen`. */
export const seenChecks: CheckRegistry = new Map<string, Check>([
  ['refusals-seen', refusalsSeen],
  ['duplicates-seen', duplicatesSeen],
  ['takeovers-seen', takeoversSeen],
  ['fencing-seen', fencingSeen],
  ['lag-over-seen', lagOverSeen],
  ['out-of-order-seen', outOfOrderSeen],
  ['inverted-seen', invertedSeen],
  ['dead-letters-seen', deadLettersSeen],
  ['recovered-seen', recoveredSeen],
  ['reads-seen', readsSeen],
  ['consumer-fencing-seen', consumerFencingSeen],
  ['consumer-redeliveries-seen', consumerRedeliveriesSeen],
]);

export const checks = { everyRun: everyRunChecks, expectations: expectationChecks, mustBeSeen: seenChecks } as const;

/** The parameters that a check must, or may, be given, so that a scenario's mistakes are found before anything starts. */
export const neededParameters: NeededParameters = {
  'good-events-accepted': { tenant: 'string?' },
  'refused-in-time': { seconds: 'number' },
  'stops-in-order': { seconds: 'number' },
  'takeover-within': { seconds: 'number' },
  'lag-recovers': { under: 'number', withinSeconds: 'number', phase: 'string' },
  'others-stay-fresh': { withinSeconds: 'number', hotSeconds: 'number' },
  'memory-within': { megabytes: 'number' },
  'memory-steady': { megabytes: 'number' },
  'disk-bounded': { bytesPerEvent: 'number' },
  'panels-have-data': { mayBeEmpty: 'strings' },
  'read-your-writes': { kind: 'string' },
  'stale-reads': { withinSeconds: 'number' },
  'recovered-seen': { atLeast: 'number' },
  'reads-seen': { atLeast: 'number' },
  'refusals-seen': { atLeast: 'number' },
  'duplicates-seen': { atLeast: 'number' },
  'takeovers-seen': { atLeast: 'number' },
  'fencing-seen': { atLeast: 'number' },
  'lag-over-seen': { atLeast: 'number' },
  'out-of-order-seen': { atLeast: 'number' },
  'inverted-seen': { atLeast: 'number' },
  'dead-letters-seen': { atLeast: 'number' },
  'consumer-fencing-seen': { atLeast: 'number' },
  'consumer-redeliveries-seen': { atLeast: 'number' },
};
