// Alerts on the stream and the workers, beside the SLO of freshness: is what was accepted still on its way, and who carries it.
import { signals } from '../../../system/contract/signals.ts';
import { goneFor } from './presence.ts';
import type { Profile } from './profile.ts';
import { by, counterOf, rate, recent } from './promql.ts';
import { type AlertRule, holding, type RuleGroup } from './rule.ts';

export const workerGroup = (profile: Profile): RuleGroup => ({
  name: 'faultline-workers',
  rules: [eventsStale(profile), lagGrowing(profile), workersGone(profile), crashLoop(profile), takenOver(profile), storageFailing(profile)],
});

const version = ['faultline_processor', 'faultline_processor_version'];

const eventsStale = ({ fresh, staleSeconds }: Profile): AlertRule => ({
  alert: 'FaultlineEventsStale',
  expr: `max ${by(...version)} (${recent(signals.lagDuration, fresh)}) > ${staleSeconds}`,
  severity: 'page',
  summary: 'Accepted events are not visible yet: processor {{ $labels.faultline_processor }} is far behind.',
  description: `The oldest event that it has not passed has waited for {{ $value | humanizeDuration }}; more than ${staleSeconds} s is too long. What is never applied has no freshness to burn, so this looks at what waits.`,
  withoutTraffic:
    'With nothing on its way the age is 0, so it does not fire. Without the books it has no value, which FaultlineBooksStale tells.',
});

const lagGrowing = ({ lagGrowing: { over, events, ...condition } }: Profile): AlertRule => ({
  alert: 'FaultlineLagGrowing',
  expr: `sum ${by(...version)} (last_over_time(${signals.lag.promName}[${over}])) > ${events}\n  and sum ${by(...version)} (deriv(${signals.lag.promName}[${over}])) > 0`,
  ...holding(condition),
  severity: 'ticket',
  summary: 'Processor {{ $labels.faultline_processor }} does not keep up with what is accepted.',
  description: `{{ $value | humanize }} events wait, more than ${events}, and over ${over} it became more. Nothing is lost; readers see older and older data.`,
  withoutTraffic:
    'Without traffic lag can only shrink, so it does not fire. Without the books it has no value, which FaultlineBooksStale tells.',
});

const workersGone = (profile: Profile): AlertRule => ({
  alert: 'FaultlineWorkersGone',
  expr: goneFor(signals.consumedMessages, profile),
  ...holding(profile.gone),
  severity: 'page',
  summary: 'No worker exports telemetry: what is accepted most likely does not become visible.',
  description: `No worker was heard for ${profile.gone.after}. Ingest goes on and nothing is lost, but readers see no new event. The books are silent too, since a worker exports them.`,
  withoutTraffic: 'Traffic does not matter: an idle worker exports its counters, at 0, too. No data is what it fires on.',
});

/** A worker that stops in order gives its lanes back: only with takeovers is one that is gone a crash, and not a deployment. */
const crashLoop = ({ crashLoop: { over, gone, crashes } }: Profile): AlertRule => {
  const instances = (window: string): string => `group ${by('instance')} (${recent(signals.consumedMessages, window)})`;
  return {
    alert: 'FaultlineWorkerCrashLoop',
    expr: `count ${by()} (\n    ${instances(over)}\n    unless ${instances(gone)}\n  ) >= ${crashes}\n  and sum ${by()} (increase(${signals.takeovers.promName}[${over}])) > 0`,
    severity: 'ticket',
    summary: 'Workers die again and again.',
    description: `{{ $value }} workers that were heard within ${over} are gone, and lanes had to be taken over from them. A worker that dies before its first export is not among them.`,
    withoutTraffic:
      'Traffic does not matter: idle workers are heard and hold leases too. A run without any worker at all is told by FaultlineWorkersGone.',
  };
};

const takenOver = ({ takenOver: { over, ...condition } }: Profile): AlertRule => ({
  alert: 'FaultlineLeaseTakenOver',
  expr: `sum ${by()} (increase(${signals.takeovers.promName}[${over}])) > 0`,
  ...holding(condition),
  severity: 'ticket',
  summary: 'A worker died or stood still for longer than its lease; others took its lanes over.',
  description: `About {{ $value | humanize }} lanes were taken over within ${over} from owners whose lease had run out. Nothing is lost or doubled by it; events of these lanes waited for the lease.`,
  withoutTraffic:
    'Traffic does not matter: leases run out on idle lanes too. The counters stand at 0 from the start, so without takeovers it does not fire.',
});

const storageFailing = ({ storageFailing: { over, ...condition } }: Profile): AlertRule => ({
  alert: 'FaultlineStorageFailing',
  expr: `sum ${by('faultline_processor', 'error_type')} (${rate(counterOf(signals.processingFailures, 'error_type=~"sqlstate_.*|connection|defect"'), over)}) > 0`,
  ...holding(condition),
  severity: 'ticket',
  summary: 'Processor {{ $labels.faultline_processor }} cannot write: {{ $labels.error_type }}.',
  description: `{{ $value | humanize }} batches a second fail over ${over} through no fault of an event. They wait and are tried again; nothing is parked for it, and nothing moves meanwhile.`,
  withoutTraffic: 'What nobody writes cannot fail: without traffic the rate is 0, and it does not fire.',
});
