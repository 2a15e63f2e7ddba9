import { expect, test } from 'vitest';
import { createStdoutWriter } from './stdout-writer.ts';

/** A reader that stands still: what it is given stays. */
const standingStill = () => {
  const listeners: Record<string, (() => void)[]> = {};
  const lines: string[] = [];
  const output = {
    writableLength: 0,
    on: (event: string, listener: () => void) => void (listeners[event] ??= []).push(listener),
    write: (line: string) => {
      lines.push(line);
      output.writableLength += Buffer.byteLength(line);
      return false;
    },
  };
  const emit = (event: string) => listeners[event]?.forEach((listener) => listener());
  const readAll = () => {
    output.writableLength = 0;
    emit('drain');
  };
  return { output: output as unknown as NodeJS.WriteStream, lines, emit, readAll };
};

const line = `${'x'.repeat(1023)}\n`;
const clock = { nowMs: () => 5000 };

test('lines to a reader that stands still are kept up to a bound, and dropped beyond it', () => {
  const { output, lines } = standingStill();
  const write = createStdoutWriter({ output, clock });
  for (let n = 0; n < 5000; n += 1) write(line);
  expect(lines.length).toBe(1024);
});

test('how many were dropped is told once there is room, before what is written next', () => {
  const { output, lines, readAll } = standingStill();
  const write = createStdoutWriter({ output, clock });
  for (let n = 0; n < 1030; n += 1) write(line);
  readAll();
  write('next\n');
  const [told, next, ...rest] = lines.slice(1024);
  expect(JSON.parse(told!)).toMatchObject({
    time: '1970-01-01T00:00:05.000Z',
    severity_text: 'WARN',
    event_name: 'faultline.telemetry.lines_dropped',
    attributes: { 'faultline.lines': 6 },
  });
  expect([next, rest]).toEqual(['next\n', []]);
  readAll();
  expect(lines).toHaveLength(1026);
});

test('to a reader that went away nothing is written any more', () => {
  const { output, lines, emit, readAll } = standingStill();
  const write = createStdoutWriter({ output, clock });
  for (let n = 0; n < 1030; n += 1) write(line);
  emit('error');
  readAll();
  write(line);
  expect(lines).toHaveLength(1024);
});
