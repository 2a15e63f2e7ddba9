import { describe, expect, it, vi } from 'vitest';
import { signals } from '../contract/signals.ts';
import { type BookEntry, prepareAccounting } from './accounting.ts';
import { systemClock } from './clock.ts';
import { createExportFailures } from './export-failures.ts';
import { createLogger } from './logger.ts';
import { type OtlpReceiver, startOtlpReceiver } from './testing.ts';

const failuresTo = (lines: string[] = []) =>
  createExportFailures(
    createLogger({ write: (line) => void lines.push(line), clock: { nowMs: () => 5000 }, otel: null }),
    { nowMs: () => 5000 },
    () => {},
  );

const start = async (receiver: OtlpReceiver, nowMs = () => 5000, failures = failuresTo()) => {
  const startAccounting = await prepareAccounting({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_RESOURCE_ATTRIBUTES: 'faultline.run=r1,service.instance.id=worker-1',
    OTEL_SERVICE_NAME: 'faultline-worker',
  });
  return startAccounting({ failures, clock: { ...systemClock, nowMs } });
};

const appended = (lane: number, value: number): BookEntry => ({
  signal: signals.logAppended,
  attributes: { 'faultline.lane': lane },
  value,
});

const deadLetters = (reason: string, value: number): BookEntry => ({
  signal: signals.deadLetters,
  attributes: { 'faultline.processor': 'timelines', 'faultline.reason': reason },
  value,
});

const valuesOf = (receiver: OtlpReceiver, name: string) => receiver.points.filter((point) => point.name === name).map(({ value }) => value);

describe('the export of the books', () => {
  it('carries exactly the snapshot, under no instance, as cumulative counters and gauges', async () => {
    await using receiver = await startOtlpReceiver();
    const accounting = await start(receiver);
    await accounting.push({ readAtMs: 4500, entries: [appended(3, 1234), deadLetters('handler_threw', 2)] });
    accounting.stop();
    expect(receiver.points).toHaveLength(3);
    const [head, dead, age] = receiver.points;
    expect(head).toMatchObject({ name: 'faultline.log.appended', kind: 'sum', temporality: 2, monotonic: true, value: 1234 });
    expect(head?.attributes).toEqual({ 'faultline.lane': '3' });
    expect(dead).toMatchObject({ name: 'faultline.dead_letters', kind: 'gauge', value: 2 });
    expect(age).toMatchObject({ name: 'faultline.accounting.age', value: 0.5 });
    expect(head?.resource).toMatchObject({ 'service.name': 'faultline-accounting', 'faultline.run': 'r1' });
    expect(head?.resource).not.toHaveProperty('service.instance.id');
  });

  it('reports a vanished set of attributes as 0, and a vanished counter with its last value', async () => {
    await using receiver = await startOtlpReceiver();
    const accounting = await start(receiver);
    await accounting.push({ readAtMs: 5000, entries: [appended(0, 7), deadLetters('handler_threw', 2)] });
    await accounting.push({ readAtMs: 5000, entries: [] });
    await accounting.push({ readAtMs: 5000, entries: [appended(0, 9)] });
    accounting.stop();
    expect(valuesOf(receiver, 'faultline.dead_letters')).toEqual([2, 0, 0]);
    expect(valuesOf(receiver, 'faultline.log.appended')).toEqual([7, 7, 9]);
  });

  it('shows the age of the last reading while the books cannot be read', async () => {
    await using receiver = await startOtlpReceiver();
    let nowMs = 5000;
    const accounting = await start(receiver, () => nowMs);
    await accounting.push({ readAtMs: 5000, entries: [appended(0, 7)] });
    nowMs = 12_000;
    await accounting.reportAge();
    accounting.stop();
    expect(valuesOf(receiver, 'faultline.accounting.age')).toEqual([0, 7]);
    expect(valuesOf(receiver, 'faultline.log.appended')).toEqual([7]);
  });

  it('sends nothing after it was stopped', async () => {
    await using receiver = await startOtlpReceiver();
    const accounting = await start(receiver);
    await accounting.push({ readAtMs: 5000, entries: [appended(0, 7)] });
    accounting.stop();
    await accounting.push({ readAtMs: 5000, entries: [appended(0, 8)] });
    await accounting.reportAge();
    expect(valuesOf(receiver, 'faultline.log.appended')).toEqual([7]);
  });

  it('drops a snapshot that waited behind a slow export when the newer one is there', async () => {
    await using receiver = await startOtlpReceiver();
    const accounting = await start(receiver);
    const pushes = [1, 2, 3].map((value) => accounting.push({ readAtMs: 5000, entries: [appended(0, value)] }));
    await Promise.all(pushes);
    accounting.stop();
    expect(valuesOf(receiver, 'faultline.log.appended')).toEqual([1, 3]);
  });

  it('survives a receiver that is gone, and tells it once', async () => {
    const receiver = await startOtlpReceiver();
    await receiver[Symbol.asyncDispose]();
    const lines: string[] = [];
    const accounting = await start(receiver, () => 5000, failuresTo(lines));
    await accounting.push({ readAtMs: 5000, entries: [appended(0, 7)] });
    await accounting.push({ readAtMs: 5000, entries: [appended(0, 8)] });
    accounting.stop();
    await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 20_000 });
  });

  it('counts an export that is refused among the failures of its process', async () => {
    await using receiver = await startOtlpReceiver({ status: 413 });
    const failures = failuresTo();
    const accounting = await start(receiver, () => 5000, failures);
    await accounting.push({ readAtMs: 5000, entries: [appended(0, 7)] });
    accounting.stop();
    expect(failures.counts.metrics).toBe(1);
  });

  it('leaves nothing behind on stdout, however often a worker is elected', async () => {
    await using receiver = await startOtlpReceiver();
    const before = process.stdout.listenerCount('error');
    for (let election = 0; election < 10; election += 1) (await start(receiver)).stop();
    expect(process.stdout.listenerCount('error')).toBe(before);
  });

  it('sends nothing where OTLP is off', async () => {
    await using receiver = await startOtlpReceiver();
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRICS_EXPORTER: 'none' };
    const accounting = (await prepareAccounting(environment))({ failures: failuresTo() });
    await accounting.push({ readAtMs: 0, entries: [appended(0, 7)] });
    accounting.stop();
    expect(receiver.points).toEqual([]);
  });
});
