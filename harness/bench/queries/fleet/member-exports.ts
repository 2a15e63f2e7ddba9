// The exports of one process of the fleet as an OpenTelemetry exporter sends them: one request a second with everything that the process has.
import { createRandom } from '../../../traffic/random.ts';
import type { Instrument, Member } from './fleet.ts';
import type { HistogramValue, NextValue } from './point-values.ts';
import { valuesOf } from './point-values.ts';

const cumulative = 2;

const attributesOf = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }));

const nanos = (timeMs: number): string => `${timeMs}000000`;

type Times = { readonly startTimeUnixNano: string; readonly timeUnixNano: string };

const valueOf = (value: number | HistogramValue, bounds: readonly number[]) =>
  typeof value === 'number'
    ? { asDouble: value }
    : { count: value.count, sum: value.sum, bucketCounts: value.counts, explicitBounds: bounds };

type Running = {
  readonly instrument: Instrument;
  readonly attributes: readonly ReturnType<typeof attributesOf>[];
  readonly values: readonly NextValue[];
};

const metricOf = ({ instrument, attributes, values }: Running, times: Times) => {
  const { signal, bounds } = instrument;
  const dataPoints = values.map((next, index) => ({ attributes: attributes[index]!, ...times, ...valueOf(next(), bounds) }));
  const described = { name: signal.name, description: signal.meaning, unit: signal.unit };
  switch (signal.kind) {
    case 'counter':
      return { ...described, sum: { aggregationTemporality: cumulative, isMonotonic: true, dataPoints } };
    case 'gauge':
      return { ...described, gauge: { dataPoints } };
    case 'histogram':
      return { ...described, histogram: { aggregationTemporality: cumulative, dataPoints } };
  }
};

/** The body of the export at that time, as OTLP/JSON has it. Called second by second: values go on from the call before. */
export type ExportAt = (timeMs: number) => unknown;

/** The same seed, the same exports. */
export const createExports = (member: Member, seed: number, startMs: number): ExportAt => {
  const random = createRandom(seed, `${member.resource['service.name']}/${member.resource['service.instance.id'] ?? ''}`);
  const running = member.instruments.map((instrument) => ({
    instrument,
    attributes: instrument.points.map(attributesOf),
    values: valuesOf(instrument, random),
  }));
  const resource = { attributes: attributesOf(member.resource) };
  return (timeMs) => {
    const times = { startTimeUnixNano: nanos(startMs), timeUnixNano: nanos(timeMs) };
    const metrics = running.map((one) => metricOf(one, times));
    return { resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 'faultline', version: '0.1.0' }, metrics }] }] };
  };
};
