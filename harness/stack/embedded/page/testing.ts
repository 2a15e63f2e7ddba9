// For tests: a browser, an embedded stack with dashboards of the test's own, and telemetry put into it whose values the test knows.
import { access, constants, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { systemClock } from '../../../engine/clock.ts';
import { metricBackend } from '../metric-backend.ts';
import { createStack } from '../stack.ts';
import { ownOrigin } from './logic/page-config.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

const isProgram = async (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** CHROMIUM, or the first on PATH; null where there is none. */
export const findChromium = async (environment: NodeJS.ProcessEnv): Promise<string | null> => {
  const named = environment['CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const path of folders.flatMap((folder) => names.map((name) => join(folder, name)))) if (await isProgram(path)) return path;
  return null;
};

/** It must ask nothing but what the page asks. */
export const launchBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'.split(
      ' ',
    ),
  });

export type PageStack = AsyncDisposable & { readonly url: string };

export const startPageStack = async (
  dashboards: readonly { readonly uid: string }[],
  runbooks: Readonly<Record<string, string>>,
): Promise<PageStack> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-page-'));
  const [dashboardsFolder, runbooksFolder] = [join(folder, 'dashboards'), join(folder, 'runbooks')];
  await Promise.all([mkdir(dashboardsFolder), mkdir(runbooksFolder)]);
  await Promise.all(dashboards.map((dashboard) => writeFile(join(dashboardsFolder, `${dashboard.uid}.json`), JSON.stringify(dashboard))));
  await Promise.all(Object.entries(runbooks).map(([name, text]) => writeFile(join(runbooksFolder, `${name}.md`), text)));
  const page = { config: { backends: ownOrigin, timeIntervalSeconds: 1 }, dashboardsFolder, runbooksFolder };
  const app = await createStack({ metrics: metricBackend(systemClock), page });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await rm(folder, { recursive: true });
    },
  };
};

type Attributes = Readonly<Record<string, string>>;

const attributesOf = (attributes: Attributes) => Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }));
const nanos = (epochMs: number): string => `${Math.round(epochMs)}000000`;
const resource = { attributes: attributesOf({ 'service.name': 'shop', 'service.instance.id': 'one' }) };

const send = async (url: string, path: string, body: unknown): Promise<void> => {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
};

export type GaugePoint = { readonly name: string; readonly attributes: Attributes; readonly atMs: number; readonly value: number };

/** In the order of time, as a client would. */
export const sendGauges = async (url: string, points: readonly GaugePoint[]): Promise<void> => {
  const metrics = [...Map.groupBy(points, ({ name }) => name)].map(([name, group]) => ({
    name,
    gauge: {
      dataPoints: group.map(({ attributes, atMs, value }) => ({
        timeUnixNano: nanos(atMs),
        asDouble: value,
        attributes: attributesOf(attributes),
      })),
    },
  }));
  await send(url, '/v1/metrics', { resourceMetrics: [{ resource, scopeMetrics: [{ scope: {}, metrics }] }] });
};

export type TestLog = {
  readonly atMs: number;
  readonly body: string;
  readonly severity: string;
  readonly attributes?: Attributes;
  readonly traceId?: string;
};

export const sendLogs = async (url: string, logs: readonly TestLog[]): Promise<void> => {
  const logRecords = logs.map(({ atMs, body, severity, attributes = {}, traceId }) => ({
    timeUnixNano: nanos(atMs),
    severityText: severity,
    severityNumber: severity === 'ERROR' ? 17 : 9,
    body: { stringValue: body },
    attributes: attributesOf(attributes),
    ...(traceId === undefined ? {} : { traceId, spanId: '00f067aa0ba902b7' }),
  }));
  await send(url, '/v1/logs', { resourceLogs: [{ resource, scopeLogs: [{ scope: {}, logRecords }] }] });
};

export type TestSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly hasError?: boolean;
  readonly attributes?: Attributes;
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
};

export const sendSpans = async (url: string, spans: readonly TestSpan[]): Promise<void> => {
  const all = spans.map(({ startMs, durationMs, hasError = false, attributes = {}, ...span }) => ({
    ...span,
    kind: 2,
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(startMs + durationMs),
    attributes: attributesOf(attributes),
    status: { code: hasError ? 2 : 0 },
  }));
  await send(url, '/v1/traces', { resourceSpans: [{ resource, scopeSpans: [{ scope: {}, spans: all }] }] });
};
