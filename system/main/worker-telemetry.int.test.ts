import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { startOtlpReceiver, type OtlpReceiver } from '../telemetry/testing.ts';
import { failureCodes } from '../workers/failure.ts';
import { createWorkerDatabase, drained, eventually, patient, plain, restingLetters, startWorkerProcess } from '../workers/testing.ts';

const exporting = (receiver: OtlpReceiver) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  OTEL_METRIC_EXPORT_INTERVAL: '200',
  OTEL_BSP_SCHEDULE_DELAY: '100',
  OTEL_BLRP_SCHEDULE_DELAY: '100',
});

const hex = (bytes: number) => randomBytes(bytes).toString('hex');
/** Last value of each set of attributes. */
const latest = (receiver: OtlpReceiver, name: string) => {
  const values = new Map<string, number>();
  for (const point of receiver.points)
    if (point.name === name) values.set(JSON.stringify(point.attributes), point.value ?? point.count ?? NaN);
  return values;
};
const sum = (values: ReadonlyMap<string, number>) => [...values.values()].reduce((all, one) => all + one, 0);
const of = (values: ReadonlyMap<string, number>, text: string) => new Map([...values].filter(([attributes]) => attributes.includes(text)));

test('the books, the counters, the spans and the records say what became of the events', async () => {
  await using receiver = await startOtlpReceiver();
  await using database = await createWorkerDatabase();
  const [traceId, spanId] = [hex(16), hex(8)];
  const traceparent = `00-${traceId}-${spanId}-01`;
  await database.append([...plain(30), { key: 'traced', traceparent }, { key: 'bad', metadata: { fault: 'throw' }, traceparent }]);
  await using worker = await startWorkerProcess(database.url, exporting(receiver));
  await drained(database, 32);
  await restingLetters(database, 1);
  const accounting = () => of(latest(receiver, 'faultline.accounting.events'), 'timelines');
  await eventually(
    () => [sum(of(accounting(), 'applied')), sum(of(accounting(), 'parked'))],
    ([applied, parked]) => applied === 31 && parked === 1,
  );
  expect(sum(latest(receiver, 'faultline.log.appended'))).toBe(32);
  await eventually(
    () => sum(latest(receiver, 'faultline.dead_letters')),
    (letters) => letters === 1,
  );
  for (const name of ['faultline.accounting.drop', 'faultline.effects.surplus', 'messaging.consumer.lag'])
    await eventually(
      () => [...latest(receiver, name).values()],
      (values) => values.length === 4 && values.every((value) => value === 0),
    );
  // Every reason is told of both processors, at 0 too.
  expect(latest(receiver, 'faultline.dead_letters').size).toBe(2 * failureCodes.length);
  const books = receiver.points.filter(({ resource }) => resource['service.name'] === 'faultline-accounting');
  expect(books.every(({ resource }) => resource['service.instance.id'] === undefined)).toBe(true);
  await eventually(
    () => sum(of(latest(receiver, 'faultline.event.freshness'), 'events')),
    (count) => count === 32,
  );
  await eventually(
    () => sum(of(of(latest(receiver, 'faultline.processing.failures'), 'timelines'), 'handler_threw')),
    (failures) => failures === 3,
  );
  const spans = await eventually(
    () => receiver.spans.filter((span) => span.traceId === traceId),
    (seen) => seen.length >= 9,
  );
  const names = spans.map(({ name }) => name).toSorted();
  expect(new Set(names)).toEqual(new Set(['INSERT events', 'INSERT timeline_entries', 'process events', 'process timelines']));
  // Three attempts on the one that fails, each with its error.
  expect(spans.filter(({ status }) => status === 2).map(({ attributes }) => attributes['error.type'])).toEqual(
    Array(3).fill('handler_threw'),
  );
  for (const span of spans.filter(({ name }) => name.startsWith('process'))) {
    expect(span).toMatchObject({ kind: 5, parentSpanId: spanId, links: [{ traceId, spanId }] });
    expect(span.links[0]!.attributes['messaging.message.id']).toBe(span.attributes['messaging.message.id']);
  }
  const record = await eventually(
    () => receiver.logs.find(({ eventName }) => eventName === 'faultline.event.dead_letter'),
    (seen) => seen !== undefined,
  );
  expect(record).toMatchObject({
    traceId,
    spanId,
    severityText: 'ERROR',
    attributes: { 'faultline.reason': 'handler_threw', 'faultline.system_name': 'shop' },
  });
  expect(worker.lines.some(({ event_name }) => event_name === 'faultline.event.dead_letter')).toBe(true);
});

test('only the elected worker exports the books, and the next one goes on when it leaves', async () => {
  await using receiver = await startOtlpReceiver();
  await using database = await createWorkerDatabase();
  await database.append(plain(10));
  await using first = await startWorkerProcess(database.url, { ...exporting(receiver), ...patient });
  await eventually(
    () => latest(receiver, 'faultline.accounting.age').size,
    (size) => size === 1,
  );
  await using _second = await startWorkerProcess(database.url, { ...exporting(receiver), ...patient });
  const elected = async () =>
    (await database.rows<{ owner: string | null }>(`select owner from leases where processor = '_duties'`))[0]!.owner;
  expect(await elected()).toBe(first.instance);
  first.signal('SIGTERM');
  await first.exited;
  const seen = receiver.points.length;
  await eventually(elected, (owner) => owner === _second.instance);
  await eventually(
    () => receiver.points.slice(seen).filter(({ name }) => name === 'faultline.log.appended').length,
    (count) => count >= 2,
  );
  expect(sum(latest(receiver, 'faultline.log.appended'))).toBe(10);
});
