// What did not go smoothly and waits: dead letters, parked keys, early events; and what was done about it.
import { signals } from '../../../system/contract/signals.ts';
import { defineDashboard, type Row } from './dashboard.ts';
import { dashboardOf, linesBehind, runbookOf, tracesBehind } from './link.ts';
import { rateOf, valueOf } from './metric.ts';
import { logs, stat, table, timeseries, traceList } from './panel.ts';
import * as quantity from './quantity.ts';
import { limits } from './quantity.ts';
import { asRows, atTheEnd, lines, overTime, traces } from './target.ts';
import * as trouble from './trouble.ts';
import { rebuilds } from './recovery-rebuild.ts';
import { processor } from './variable.ts';

const toPipeline = dashboardOf('pipeline', 'Pipeline');
const toWorkers = dashboardOf('stream-and-workers', 'Stream and workers');
const failures = tracesBehind(trouble.failedProcessing, 'Traces of failures');
const deadLetterLines = linesBehind(trouble.deadLetterLines, 'Each dead letter, with its reason');
const failureLines = linesBehind(trouble.failureLines, 'Each failed attempt');
const commandLines = linesBehind(trouble.parkCommandLines, 'Commands that were carried out');
const letters = [runbookOf('FaultlineDeadLetterTooOld'), toPipeline];

const one = quantity.chosenProcessor;
const outcome = (name: string): string => `sum(${valueOf(signals.accountingEvents, { ...one, faultline_outcome: `="${name}"` })})`;

const now: Row = {
  id: 100,
  title: 'Now',
  panels: [
    stat({
      id: 101,
      title: 'Dead letters',
      question: 'Does something wait for a person? Events for which no further attempt will be made.',
      unit: 'short',
      targets: [atTheEnd(quantity.deadLetters(one))],
      limits: limits.deadLetters,
      behind: [failures, deadLetterLines],
      onward: [runbookOf('FaultlineDeadLettersGrowing'), toPipeline],
    }),
    stat({
      id: 102,
      title: 'Oldest dead letter',
      question: 'Since when does it wait? Age of the oldest dead letter; 0 with none.',
      unit: 's',
      targets: [atTheEnd(`max(${valueOf(signals.deadLettersOldestAge, one)})`)],
      limits: limits.deadLetterAge,
      behind: [failures, deadLetterLines],
      onward: letters,
    }),
    stat({
      id: 103,
      title: 'Keys parked',
      question: 'How many objects stand still? Keys whose events wait, by state: retrying goes on by itself, parked waits for a command.',
      unit: 'short',
      targets: [atTheEnd(`sum by (faultline_state) (${valueOf(signals.parkedKeys, one)})`, '{{faultline_state}}')],
      limits: limits.parkedKeys,
      behind: [failures, failureLines],
      onward: [runbookOf('FaultlineKeysParked'), toPipeline],
    }),
    stat({
      id: 104,
      title: 'Events parked',
      question: 'How much waits behind those keys? Events in the park, dead letters and their successors.',
      unit: 'short',
      targets: [atTheEnd(outcome('parked'))],
      limits: limits.parkedKeys,
      behind: [failures, failureLines],
      onward: [runbookOf('FaultlineKeysParked'), toPipeline],
    }),
    stat({
      id: 105,
      title: 'Early events',
      question: 'How many wait for an event before them? Numbered events whose predecessor has not come.',
      unit: 'short',
      targets: [atTheEnd(outcome('pending'))],
      limits: { orange: 1_000, red: 10_000 },
      behind: [tracesBehind(trouble.processed, 'Traces of processing'), linesBehind(trouble.workerLines)],
      onward: [runbookOf('FaultlineEarlyEventsStuck'), toWorkers],
    }),
    stat({
      id: 106,
      title: 'Given up',
      question:
        'Was anything given up for good? Events discarded, skipped or shed by command or policy: each with a record, none by accident.',
      unit: 'short',
      targets: [atTheEnd(`sum(${valueOf(signals.accountingEvents, { ...one, faultline_outcome: '=~"discarded|skipped|shed"' })})`)],
      limits: { orange: 1 },
      behind: [commandLines, failures],
      onward: letters,
    }),
  ],
};

const deadLetters: Row = {
  id: 200,
  title: 'Dead letters',
  panels: [
    timeseries({
      id: 201,
      title: 'Dead letters by reason',
      question: 'What is wrong with them? By reason: a handler that throws or hangs, data that is refused, numbers that clash.',
      unit: 'short',
      draw: 'stacked',
      targets: [overTime(`sum by (faultline_reason) (${valueOf(signals.deadLetters, one)})`, '{{faultline_reason}}')],
      behind: [failures, deadLetterLines],
      onward: [runbookOf('FaultlineDeadLettersGrowing'), toPipeline],
    }),
    timeseries({
      id: 202,
      title: 'Age of the oldest dead letter',
      question: 'Does anybody take care of them? A line that climbs is one that nobody looked at.',
      unit: 's',
      targets: [overTime(`max by (faultline_processor) (${valueOf(signals.deadLettersOldestAge, one)})`, '{{faultline_processor}}')],
      limits: limits.deadLetterAge,
      behind: [failures, deadLetterLines],
      onward: letters,
    }),
    table({
      id: 203,
      title: 'Dead letters now',
      question: 'Which processor, which reason, how many? The events themselves: GET /dead-letters of the query API.',
      unit: 'short',
      targets: [asRows(`sum by (faultline_processor, faultline_reason) (${valueOf(signals.deadLetters, one)})`)],
      columns: { faultline_processor: 'Processor', faultline_reason: 'Reason', Value: 'Events' },
      sortBy: 'Events',
      behind: [failures, deadLetterLines],
      onward: [runbookOf('FaultlineDeadLettersGrowing'), toPipeline],
    }),
  ],
};

const parked: Row = {
  id: 300,
  title: 'Parked keys, retries and early events',
  panels: [
    timeseries({
      id: 301,
      title: 'Parked keys by state',
      question: 'Do retries help? Keys that are retried go away by themselves or become parked.',
      unit: 'short',
      targets: [
        overTime(
          `sum by (faultline_processor, faultline_state) (${valueOf(signals.parkedKeys, one)})`,
          '{{faultline_processor}} {{faultline_state}}',
        ),
      ],
      limits: limits.parkedKeys,
      behind: [failures, failureLines],
      onward: [runbookOf('FaultlineKeysParked'), toPipeline],
    }),
    timeseries({
      id: 302,
      title: 'Failed attempts by reason',
      question: 'Does it still go wrong? Failed attempts a second; a release or a replay that fails again shows here.',
      unit: 'short',
      draw: 'stacked',
      targets: [overTime(quantity.failuresByType(one), '{{error_type}}')],
      behind: [failures, failureLines],
      onward: letters,
    }),
    timeseries({
      id: 303,
      title: 'Oldest early event',
      question: 'Does an event never come? Age of the oldest early event that waits for its predecessor.',
      unit: 's',
      targets: [overTime(`max by (faultline_processor) (${valueOf(signals.pendingOldestAge, one)})`, '{{faultline_processor}}')],
      limits: limits.earlyAge,
      behind: [tracesBehind(trouble.processed, 'Traces of processing'), linesBehind(trouble.workerLines)],
      onward: [runbookOf('FaultlineEarlyEventsStuck'), toWorkers],
    }),
  ],
};

const books: Row = {
  id: 400,
  title: 'Replay, and the books',
  panels: [
    timeseries({
      id: 401,
      title: 'What is not applied yet, or never will be',
      question:
        'Does a replay or a release go through? Events by where they are in the books: parked and pending fall as applied ones grow.',
      unit: 'short',
      draw: 'stacked',
      targets: [
        overTime(
          `sum by (faultline_outcome) (${valueOf(signals.accountingEvents, { ...one, faultline_outcome: '!~"applied|ignored"' })})`,
          '{{faultline_outcome}}',
        ),
      ],
      behind: [commandLines, failures],
      onward: letters,
    }),
    timeseries({
      id: 403,
      title: 'What operators did',
      question:
        'Did what was asked for come out? Events replayed and discarded, and replays that failed again, in all; from the rows, with an audit entry each.',
      unit: 'short',
      targets: [
        overTime(`sum by (faultline_recovery_outcome) (${valueOf(signals.recoveryEvents, one)})`, '{{faultline_recovery_outcome}}'),
      ],
      behind: [commandLines, failures],
      onward: letters,
    }),
    table({
      id: 402,
      title: 'The books',
      question: 'Where is every event? Each term of the books by processor; with the checkpoint they must add up.',
      unit: 'none',
      targets: [asRows(`sum by (faultline_processor, faultline_outcome) (${valueOf(signals.accountingEvents, one)})`)],
      columns: { faultline_processor: 'Processor', faultline_outcome: 'Outcome', Value: 'Events' },
      sortBy: 'Events',
      behind: [tracesBehind(trouble.processed, 'Traces of processing'), commandLines],
      onward: [runbookOf('FaultlineEventsDropped'), toWorkers],
    }),
  ],
};

const imports: Row = {
  id: 700,
  title: 'Imports of past events',
  panels: [
    timeseries({
      id: 701,
      title: 'Lines settled',
      question:
        'Does an import go on, and what becomes of its lines? Lines a second by outcome; from the ledger, so that a kill shows no gap.',
      unit: 'short',
      draw: 'stacked',
      targets: [overTime(`sum by (faultline_import_outcome) (${rateOf(signals.importLines)})`, '{{faultline_import_outcome}}')],
      behind: [linesBehind(trouble.importLines, 'What was asked of imports')],
      onward: [toPipeline],
    }),
    timeseries({
      id: 702,
      title: 'Lines to go',
      question: 'When will it be done? Lines that imports have still to settle; a paused one stands still.',
      unit: 'short',
      targets: [overTime(`sum by (faultline_import_state) (${valueOf(signals.importRemaining)})`, '{{faultline_import_state}}')],
      behind: [linesBehind(trouble.importLines, 'What was asked of imports')],
      onward: [toPipeline],
    }),
    timeseries({
      id: 703,
      title: 'Rate that live traffic leaves',
      question: 'Does the import give way? Lines a second that it may go: it falls as soon as processors lag or commits take long.',
      unit: 'short',
      targets: [overTime(`sum(${valueOf(signals.importRate)})`, 'allowed')],
      behind: [linesBehind(trouble.importLines, 'What was asked of imports'), tracesBehind(trouble.processed, 'Traces of processing')],
      onward: [toWorkers],
    }),
  ],
};

const evidence: Row = {
  id: 500,
  title: 'Traces and logs',
  panels: [
    traceList({
      id: 501,
      title: 'Traces of failures',
      question: 'What did the event that failed look like on its way? Traces with a failed attempt. Empty is good.',
      targets: [traces(trouble.failedProcessing)],
      width: 12,
      onward: letters,
    }),
    logs({
      id: 502,
      title: 'Failures, dead letters and commands',
      question:
        'What failed and why, and what did somebody do about it? Failed attempts, dead letters and park commands, newest first. Empty is good.',
      targets: [lines(trouble.recoveryLines)],
      width: 12,
      onward: letters,
    }),
  ],
};

export const recovery = defineDashboard({
  uid: 'recovery',
  title: 'Recovery',
  description: 'What did not go smoothly and waits: dead letters, parked keys, early events; and what was done about it.',
  variables: [processor()],
  rows: [now, deadLetters, parked, books, rebuilds, imports, evidence],
});
