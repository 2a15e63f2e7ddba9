// Alerts on the front door, beside its two SLOs.
import { signals } from '../../../system/contract/signals.ts';
import { goneFor } from './presence.ts';
import type { Profile } from './profile.ts';
import { by, counterOf, rate, recent } from './promql.ts';
import { type AlertRule, holding, type RuleGroup } from './rule.ts';

export const ingestGroup = (profile: Profile): RuleGroup => ({
  name: 'faultline-ingest',
  rules: [
    ingestGone(profile),
    {
      alert: 'FaultlineIngestRefusing',
      expr: `sum ${by()} (${rate(counterOf(signals.ingestRefused, 'error_code="overloaded"'), profile.refusing.over)}) > ${profile.refusing.perSecond}`,
      ...holding(profile.refusing),
      severity: 'ticket',
      summary: 'Ingest refuses events because its queue is full.',
      description: `{{ $value | humanize }} events a second were refused with 503 overloaded over ${profile.refusing.over}. Producers are told to wait, and nothing accepted is lost; the commit does not keep up with what is sent.`,
      withoutTraffic: 'Nothing sent is nothing refused: the counter stands at 0 from the start, so it does not fire.',
    },
    {
      alert: 'FaultlineTenantOverQuota',
      expr: `sum ${by('faultline_tenant')} (${rate(counterOf(signals.ingestRefused, 'error_code=~"quota_exceeded|storage_quota_exceeded"'), profile.overQuota.over)}) > ${profile.overQuota.perSecond}`,
      ...holding(profile.overQuota),
      severity: 'ticket',
      summary: 'Tenant {{ $labels.faultline_tenant }} is refused by its own quota.',
      description: `{{ $value | humanize }} events a second of tenant {{ $labels.faultline_tenant }} were refused with 429 over ${profile.overQuota.over}. Its producers are told when to come back; other tenants notice nothing.`,
      withoutTraffic: 'Nothing sent is nothing refused: the counter stands at 0 from the start, so it does not fire.',
    },
    {
      alert: 'FaultlineKeysRefused',
      expr: `sum ${by('job')} (${rate(counterOf(signals.keysRefused, 'error_code!="storage_unavailable"'), profile.keysRefused.over)}) > ${profile.keysRefused.perSecond}`,
      ...holding(profile.keysRefused),
      severity: 'ticket',
      summary: 'Requests are refused for their API key: somebody is locked out, or guesses.',
      description: `{{ $value | humanize }} requests a second to {{ $labels.job }} were refused with 401 or 403 over ${profile.keysRefused.over}. A key that expired or was revoked looks the same as one that was never there.`,
      withoutTraffic: 'Nothing asked is nothing refused: the counter stands at 0 from the start, so it does not fire.',
    },
    {
      alert: 'FaultlineDiskBudgetNear',
      expr: `max ${by()} (${recent(signals.storageSize, profile.fresh)} / ${recent(signals.storageLimit, profile.fresh)}) > ${profile.diskNear.share}`,
      ...holding(profile.diskNear),
      severity: 'ticket',
      summary: 'The database has nearly used up its disk budget: at the budget nothing is taken any more.',
      description:
        'The database takes {{ $value | humanizePercentage }} of FAULTLINE_DISK_BUDGET_BYTES. At 100 % ingest refuses every event with 503 disk_budget_used until there is room.',
      withoutTraffic:
        'Traffic does not matter: ingest measures at any time. Without a budget there is no limit to compare with, and it never fires.',
    },
    {
      alert: 'FaultlineDatagramsLost',
      expr: `sum ${by('faultline_udp_place')} (clamp_min(delta(${signals.udpLost.promName}[${profile.datagramsLost.over}]), 0)) > 0`,
      ...holding(profile.datagramsLost),
      severity: 'ticket',
      summary: 'Datagrams are lost: {{ $labels.faultline_udp_place }}.',
      description: `About {{ $value | humanize }} datagrams were lost over ${profile.datagramsLost.over}, by the books. Nobody sends them again: their events are gone.`,
      withoutTraffic:
        'Nothing sent is nothing lost: the books stand still, and it does not fire. A place that can not be known has no value.',
    },
    {
      alert: 'FaultlineSchemaViolations',
      expr: `sum ${by()} (${rate(counterOf(signals.schemaFindings, 'faultline_schema_verdict="invalid"'), profile.schemaViolations.over)}) > 0`,
      ...holding(profile.schemaViolations),
      severity: 'ticket',
      summary: 'A producer sends events that do not fit their schema.',
      description: `{{ $value | humanize }} events a second did not fit the schema that is registered for them over ${profile.schemaViolations.over}: a release of a producer, or a schema that does not say what is sent. The policy says whether they are flagged, parked or refused.`,
      withoutTraffic: 'Nothing sent is nothing judged: the counter stands at 0 from the start, so it does not fire.',
    },
  ],
});

const ingestGone = (profile: Profile): AlertRule => ({
  alert: 'FaultlineIngestGone',
  expr: goneFor(signals.ingestQueueLimit, profile),
  ...holding(profile.gone),
  severity: 'page',
  summary: 'No ingest process exports telemetry: producers most likely cannot send.',
  description: `No ingest process was heard for ${profile.gone.after}. Either none runs, or none reaches the telemetry; in both cases nobody knows what producers get.`,
  withoutTraffic: 'Traffic does not matter: an idle ingest process exports the limit of its queue too. No data is what it fires on.',
});
