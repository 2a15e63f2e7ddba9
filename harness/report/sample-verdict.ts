// A verdict for the tests of reports: one scenario of each outcome, with text that wants to break out of every format.
import type { CheckResult, Dimension } from '../checkers/check.ts';
import type { Witness } from '../checkers/witness.ts';
import type { RunManifest } from '../engine/run-data.ts';
import { runVerdictOf } from '../engine/run-verdict.ts';
import { type ScenarioVerdict, verdictOf } from '../engine/verdict.ts';

export const hostile = `</script><script>alert(1)</script> "'&<b>\u0000\u0008]]>`;

const sampleWitness = (text: string): Witness => ({
  operations: [
    {
      op: 12,
      event: 12,
      phase: 'steady',
      systemName: 'shop',
      objectId: text,
      eventName: 'placed',
      idempotencyKey: 'e-12',
      sequence: null,
      delivery: 'first',
      handedAt: 1234.5,
      doneAt: 1240.25,
      outcome: 'ok',
      status: 200,
      code: null,
      id: 4711,
      duplicate: false,
      traceId: 'ab'.repeat(16),
    },
  ],
  rows: [{ kind: 'lane', lane: 3, head: 17, duplicates: 0, conflicts: 0 }],
  traces: [{ traceId: 'ab'.repeat(16), spans: ['ingest: POST /events'], open: 'npm run judge -- runs/x/bad --trace abab' }],
  logs: [{ service: 'ingest', severity: 'ERROR', line: text, traceId: null }],
  facts: { body: text },
  left: { operations: 3 },
});

export const sampleResult = (id: string, outcome: CheckResult['outcome'], text = 'all is well'): CheckResult => ({
  id,
  dimension: id.slice(0, id.indexOf('/')) as Dimension,
  outcome,
  summary: text,
  measured: { value: 0.0123, unit: 's', bound: '<= 1 s' },
  findings: outcome === 'pass' ? [] : [{ message: text, witness: sampleWitness(text) }],
  findingsTotal: outcome === 'pass' ? 0 : 37,
});

export const sampleScenario = (scenario: string, results: readonly CheckResult[], title = 'a title'): ScenarioVerdict => ({
  format: 1,
  scenario,
  title,
  seed: 7,
  verdict: verdictOf(results),
  durationSeconds: 12.3,
  counts: {
    operations: 1000,
    ok: 990,
    failed: 10,
    unknown: 0,
    duplicatesSent: 5,
    refusedByCode: { overloaded: 10 },
    eventsAcknowledged: 985,
    eventsInLog: 985,
    deadLetters: 0,
  },
  faults: [{ fault: 'kill', kind: 'kill', tookEffect: true, healed: true, evidence: ['ended by SIGKILL'] }],
  compared: [{ signal: 'faultline.log.appended', history: 985, telemetry: 985, tolerance: 'exact', agrees: true }],
  alerts: [{ alert: 'SomethingIsDead', severity: 'page', firing: [{ fromSeconds: 4.2, toSeconds: 9.1 }] }],
  results,
});

export const sampleManifest: RunManifest = {
  format: 1,
  id: '20261121-070102-4f3a',
  startedAt: '2026-11-21T07:01:02.000Z',
  endedAt: '2026-11-21T07:03:02.500Z',
  state: 'finished',
  seed: 7,
  scenarios: ['good', 'bad', 'doubtful'],
  runtime: 'embedded',
  versions: { faultline: '0.1.0', node: '26.0.0', postgres: '18' },
  machine: { cpus: 2, model: 'a machine', memoryBytes: 8 * 1024 ** 3, platform: 'linux' },
  commit: 'abcdef0123456789',
};

export const sampleVerdict = runVerdictOf(
  sampleManifest.id,
  [
    sampleScenario('good', [sampleResult('safety/lost', 'pass')]),
    sampleScenario('bad', [sampleResult('safety/lost', 'fail', hostile), sampleResult('safety/phantom', 'pass')], hostile),
    sampleScenario('doubtful', [sampleResult('validity/telemetry', 'inconclusive', 'the canary did not come back')]),
  ],
  [{ scenario: 'unrun', message: hostile }],
);
