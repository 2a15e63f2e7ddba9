import { expect, it, vi } from 'vitest';
import { createExportFailures } from './export-failures.ts';
import { createLogger } from './logger.ts';

it('failed exports are all counted, and told once a minute at most with the totals', () => {
  const clock = { ms: 0, nowMs: () => clock.ms };
  const lines: string[] = [];
  const count = vi.fn<(signal: string) => void>();
  const failures = createExportFailures(createLogger({ write: (line) => void lines.push(line), clock, otel: null }), clock, count);
  for (let second = 0; second < 61; second += 1) {
    clock.ms = second * 1000;
    failures.failed(second % 2 === 0 ? 'metrics' : 'logs', new Error('connect ECONNREFUSED'));
  }
  expect(failures.counts).toEqual({ metrics: 31, traces: 0, logs: 30 });
  expect(count).toHaveBeenCalledTimes(61);
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({
    severity_text: 'WARN',
    event_name: 'faultline.telemetry.export_failed',
    attributes: { 'exception.message': 'connect ECONNREFUSED', 'failures.metrics': 31, 'failures.logs': 30 },
  });
});
