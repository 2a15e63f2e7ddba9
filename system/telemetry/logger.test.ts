import type { LogRecord } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.ts';
import { parseTraceparent } from './trace-context.ts';

const setUp = (debug = false) => {
  const lines: string[] = [];
  const logger = createLogger({ write: (line) => void lines.push(line), clock: { nowMs: () => Date.UTC(2026, 0, 1) }, otel: null, debug });
  return { logger, lines };
};

describe('a log line', () => {
  it('is one JSON object as docs/process-protocol.md shows it', () => {
    const { logger, lines } = setUp();
    logger.info('listening', { process: 'ingest', pid: 4711 }, { eventName: 'faultline.process.ready' });
    expect(lines).toEqual([
      '{"time":"2026-01-01T00:00:00.000Z","severity_text":"INFO","severity_number":9,"body":"listening",' +
        '"event_name":"faultline.process.ready","attributes":{"process":"ingest","pid":4711}}\n',
    ]);
  });

  it('stays one line, whatever is in it', () => {
    const { logger, lines } = setUp();
    logger.warn('a\nb', { 'x\n': '\u2028\r\n' });
    expect(lines[0]?.trimEnd()).not.toContain('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ body: 'a\nb' });
  });

  it('names the trace where there is a sampled one, and none otherwise', () => {
    const { logger, lines } = setUp();
    const context = (flags: string) => parseTraceparent(`00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`)!;
    logger.info('traced', {}, { span: context('01') });
    logger.info('untraced', {}, { span: context('00') });
    expect(lines.map((line) => (JSON.parse(line) as { span_id?: string }).span_id)).toEqual(['b7ad6b7169203331', undefined]);
  });

  it('has a time of its own over OTLP, in order, also within one millisecond: Loki would take two alike for one', () => {
    const records: LogRecord[] = [];
    let nowMs = 1_700_000_000_999;
    const otel = { emit: (record: LogRecord) => void records.push(record), enabled: () => true };
    const logger = createLogger({ write: () => {}, clock: { nowMs: () => nowMs }, otel });
    logger.info('the same');
    logger.info('the same');
    nowMs += 1;
    logger.info('the same');
    expect(records.map(({ timestamp }) => timestamp)).toEqual([
      [1_700_000_000, 999_000_000],
      [1_700_000_000, 999_000_001],
      [1_700_000_001, 0],
    ]);
  });

  it('at debug level is written where it was asked for alone', () => {
    for (const [debug, count] of [
      [false, 0],
      [true, 1],
    ] as const) {
      const { logger, lines } = setUp(debug);
      logger.debug('detail');
      expect(lines).toHaveLength(count);
    }
  });
});
