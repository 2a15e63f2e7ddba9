// How many data points a metrics request has, by service: for the receipts.
import { attributeText, readAttributes } from './attribute-value.ts';
import { readList, readRecord } from './read-value.ts';

const kinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary'];

const pointsOf = (metric: unknown, path: string): number => {
  const fields = readRecord(metric, path);
  return kinds.reduce(
    (count, kind) => count + readList(readRecord(fields[kind], `${path}.${kind}`)['dataPoints'], `${path}.${kind}.dataPoints`).length,
    0,
  );
};

const pointsOfBlock = (block: Readonly<Record<string, unknown>>, path: string): number => {
  let points = 0;
  for (const [s, scope] of readList(block['scopeMetrics'], `${path}.scopeMetrics`).entries()) {
    const scopePath = `${path}.scopeMetrics[${s}]`;
    const metrics = readList(readRecord(scope, scopePath)['metrics'], `${scopePath}.metrics`);
    for (const [m, metric] of metrics.entries()) points += pointsOf(metric, `${scopePath}.metrics[${m}]`);
  }
  return points;
};

/** Throws an OtlpDecodeError where the request is not of OTLP's form. */
export const countPoints = (request: unknown): ReadonlyMap<string, number> => {
  const services = new Map<string, number>();
  for (const [r, item] of readList(readRecord(request, '')['resourceMetrics'], 'resourceMetrics').entries()) {
    const path = `resourceMetrics[${r}]`;
    const block = readRecord(item, path);
    const resource = readAttributes(readRecord(block['resource'], `${path}.resource`)['attributes'], `${path}.resource.attributes`);
    const service = attributeText(resource.get('service.name') ?? { kind: 'string', value: 'unknown_service' });
    services.set(service, (services.get(service) ?? 0) + pointsOfBlock(block, path));
  }
  return services;
};
