// Alerts on the books. That an event vanished or took effect twice is a broken promise, however few: at once, and a page.
import { signals } from '../../../system/contract/signals.ts';
import { goneFor } from './presence.ts';
import { identitiesBound, type Profile } from './profile.ts';
import { ageOf, by, recent } from './promql.ts';
import { type AlertRule, holding, type RuleGroup } from './rule.ts';

export const booksGroup = (profile: Profile): RuleGroup => ({
  name: 'faultline-books',
  rules: [
    eventsDropped(profile),
    duplicateEffects(profile),
    effectsLost(profile),
    effectsUncounted(profile),
    booksStale(profile),
    snapshotOld(profile),
    identitiesOverBound(profile),
    partitionsMissing(profile),
    retentionWaits(profile),
  ],
});

const version = ['faultline_processor', 'faultline_processor_version'];
const noTraffic =
  'Without traffic the books stand still and a difference stays: it fires on. Without the books it has no value, which FaultlineBooksStale tells.';

const noCount = `${noTraffic} Where the effects can not be counted a difference that was found stays, and nothing else is known: FaultlineEffectsUncounted tells it.`;

/** No load of any machine explains these: whoever judges them need not ask how busy it was. */
const exact = { exact: 'true' };

/** Lane by lane: a plus on one must not hide a minus on another. */
const eventsDropped = ({ fresh }: Profile): AlertRule => ({
  alert: 'FaultlineEventsDropped',
  expr: `sum ${by(...version)} (abs(${recent(signals.drop, fresh)})) > 0`,
  severity: 'page',
  labels: exact,
  summary: 'The books of processor {{ $labels.faultline_processor }} do not add up: events were dropped.',
  description:
    'On its lanes {{ $value }} events that the checkpoints have passed are in no term of the books: neither applied nor ignored, parked, pending, discarded, skipped or shed.',
  withoutTraffic: noTraffic,
});

const duplicateEffects = ({ fresh }: Profile): AlertRule => ({
  alert: 'FaultlineDuplicateEffect',
  expr: `sum ${by(...version)} (clamp_min(${recent(signals.effectSurplus, fresh)}, 0)) > 0`,
  severity: 'page',
  labels: exact,
  summary: 'Events took effect twice at processor {{ $labels.faultline_processor }}.',
  description: 'The read model holds {{ $value }} effects more than events were applied. Readers see numbers that are too high.',
  withoutTraffic: noCount,
});

const effectsLost = ({ fresh }: Profile): AlertRule => ({
  alert: 'FaultlineEffectsLost',
  expr: `sum ${by(...version)} (clamp_max(${recent(signals.effectSurplus, fresh)}, 0)) < 0`,
  severity: 'page',
  labels: exact,
  summary: 'Effects of applied events are missing at processor {{ $labels.faultline_processor }}.',
  description:
    'The read model holds fewer effects than events were applied ({{ $value }}): somebody or something has removed rows, or they were never written.',
  withoutTraffic: noCount,
});

const effectsUncounted = ({ fresh, effectsSeconds }: Profile): AlertRule => ({
  alert: 'FaultlineEffectsUncounted',
  expr: `max ${by()} (${recent(signals.effectsAge, fresh)}) > ${effectsSeconds}`,
  severity: 'ticket',
  summary: 'The effects were not counted for long: doubled and lost ones cannot be seen.',
  description: `The last count that succeeded began {{ $value | humanizeDuration }} ago; from ${effectsSeconds} s on it is not only that large tables are counted seldom. FaultlineDuplicateEffect and FaultlineEffectsLost are blind until one succeeds.`,
  withoutTraffic:
    'Traffic does not matter: the age grows by itself until a count succeeds. Without the books it has no value, which FaultlineBooksStale tells.',
});

const booksStale = (profile: Profile): AlertRule => ({
  alert: 'FaultlineBooksStale',
  expr: `max ${by()} ${ageOf(signals.accountingAge, profile.gone.remembered)} > ${profile.booksSeconds}\n  or\n  ${goneFor(signals.accountingAge, profile)}`,
  ...holding(profile.gone),
  severity: 'ticket',
  summary: 'Nobody reads the books: drops, doubled effects, lag and dead letters cannot be seen.',
  description: `The books were not read for ${profile.booksSeconds} s, or not exported for ${profile.gone.after}. Every alert that rests on them is blind until they are back.`,
  withoutTraffic:
    'Traffic does not matter: the elected worker exports the age of its last reading at any time, and where it has lost touch what it said last gets older by itself. No data is one of the two things that it fires on.',
});

const snapshotOld = ({ fresh, snapshotSeconds }: Profile): AlertRule => ({
  alert: 'FaultlineSnapshotOld',
  expr: `max ${by()} (${recent(signals.oldestSnapshotAge, fresh)}) > ${snapshotSeconds}`,
  severity: 'ticket',
  summary: 'A transaction on the database is held open for long: appends get slower and slower.',
  description: `Its snapshot is {{ $value | humanizeDuration }} old; from ${snapshotSeconds} s on the rows that count positions bloat. End the transaction that holds it.`,
  withoutTraffic:
    'Traffic does not matter: a snapshot gets older by itself; with none the age is 0, and it does not fire. Without the books it has no value, which FaultlineBooksStale tells.',
});

const identitiesOverBound = ({ fresh }: Profile): AlertRule => ({
  alert: 'FaultlineIdentitiesOverBound',
  expr: `max ${by()} (${recent(signals.identitiesRows, fresh)}) > ${identitiesBound}`,
  severity: 'ticket',
  summary: 'The dedupe window holds more rows than it was made for.',
  description: `About {{ $value | humanize }} identities are kept; the bound is ${identitiesBound}. Nothing is forgotten early, so the table grows and appends slow down.`,
  withoutTraffic:
    'Without traffic the window only empties, so it ends by itself. Without the books it has no value, which FaultlineBooksStale tells.',
});

const partitionsMissing = ({ fresh }: Profile): AlertRule => ({
  alert: 'FaultlineLogPartitionsMissing',
  expr: `min ${by()} (${recent(signals.logPartitionsAhead, fresh)}) < 1`,
  severity: 'page',
  summary: 'The log has no partition for tomorrow: from midnight (UTC) appends wait until somebody makes it.',
  description:
    'Partitions are made a week ahead, every ten minutes, so that nobody could make them for a week: the role may not, or a lock is held on the log.',
  withoutTraffic: 'Traffic does not matter: days pass by themselves. Without the books it has no value, which FaultlineBooksStale tells.',
});

const retentionWaits = ({ fresh, overdueFor }: Profile): AlertRule => ({
  alert: 'FaultlineRetentionWaits',
  expr: `max ${by()} (${recent(signals.logPartitionsOverdue, fresh)}) > 0`,
  ...(overdueFor !== undefined && { for: overdueFor }),
  severity: 'ticket',
  summary: 'Days of the log are past retention and stay: somebody has not read them, or they can not be dropped.',
  description:
    '{{ $value }} partitions should be gone. The disk fills until the reader that is behind has read them, or it is decided to go on without it.',
  withoutTraffic:
    'Without traffic it stays as it is: what is overdue does not go by itself. Without the books it has no value, which FaultlineBooksStale tells.',
});
