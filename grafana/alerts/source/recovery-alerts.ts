// Alerts on what was set aside: dead letters, parked keys, early events. Somebody has to decide about them; nothing here heals by itself.
import { signals } from '../../../system/contract/signals.ts';
import type { Profile } from './profile.ts';
import { by, recent } from './promql.ts';
import { type AlertRule, holding, type RuleGroup } from './rule.ts';

export const recoveryGroup = (profile: Profile): RuleGroup => ({
  name: 'faultline-recovery',
  rules: [deadLettersGrowing(profile), deadLetterOld(profile), keysParked(profile), earlyEventsStuck(profile)],
});

const noBooks = 'Without the books it has no value, which FaultlineBooksStale tells.';

/** By reason first: letters of one reason that were replayed must not hide new ones of another. */
const deadLettersGrowing = ({ deadLettersGrowing: { over, ...condition } }: Profile): AlertRule => ({
  alert: 'FaultlineDeadLettersGrowing',
  expr: `sum ${by('faultline_processor')} (clamp_min(delta(${signals.deadLetters.promName}[${over}]), 0)) > 0`,
  ...holding(condition),
  severity: 'ticket',
  summary: 'Processor {{ $labels.faultline_processor }} puts events aside that it cannot apply.',
  description: `About {{ $value | humanize }} events became dead letters within ${over}. Their keys are parked: later events of the same keys wait behind them, all others go on.`,
  withoutTraffic: `Without traffic no event fails, so it does not fire. ${noBooks}`,
});

const deadLetterOld = ({ fresh, deadLetterSeconds }: Profile): AlertRule => ({
  alert: 'FaultlineDeadLetterTooOld',
  expr: `max ${by('faultline_processor')} (${recent(signals.deadLettersOldestAge, fresh)}) > ${deadLetterSeconds}`,
  severity: 'ticket',
  summary: 'Nobody has decided about a dead letter of processor {{ $labels.faultline_processor }}.',
  description: `The oldest has waited for {{ $value | humanizeDuration }}; more than ${deadLetterSeconds} s is too long. Its key stands still until it is replayed or discarded.`,
  withoutTraffic: `Traffic does not matter: a dead letter gets older by itself; with none the age is 0, and it does not fire. ${noBooks}`,
});

const keysParked = ({ fresh, parkedKeys }: Profile): AlertRule => ({
  alert: 'FaultlineKeysParked',
  expr: `sum ${by('faultline_processor')} (${recent(signals.parkedKeys, fresh)}) > ${parkedKeys.keys}`,
  ...holding(parkedKeys),
  severity: 'page',
  summary: 'Many keys stand still at processor {{ $labels.faultline_processor }}: whoever they are about sees nothing new.',
  description: `{{ $value }} keys are parked or retried, more than ${parkedKeys.keys}. So many at once are rarely the events' own fault: look at the last deployment of the handler first.`,
  withoutTraffic: `Traffic does not matter: a parked key stays parked; with none it does not fire. ${noBooks}`,
});

const earlyEventsStuck = ({ fresh, earlySeconds }: Profile): AlertRule => ({
  alert: 'FaultlineEarlyEventsStuck',
  expr: `max ${by('faultline_processor')} (${recent(signals.pendingOldestAge, fresh)}) > ${earlySeconds}`,
  severity: 'ticket',
  summary: 'Numbered events wait at processor {{ $labels.faultline_processor }} for one that does not come.',
  description: `The oldest has waited for its predecessor for {{ $value | humanizeDuration }}; more than ${earlySeconds} s is more than disorder on the way. A producer has lost or skipped a number.`,
  withoutTraffic: `Traffic does not matter: what waits gets older by itself; with nothing waiting the age is 0, and it does not fire. ${noBooks}`,
});
