// Servers speak many languages, and their clients get the severity in one of them: what an error means must not hang on it.
import { DatabaseError } from 'pg';
import { expect, test } from 'vitest';
import { classifyAppendError, isMissingPartition } from './stream-error.ts';

const failing = (code: string, severity: string, more: Partial<DatabaseError> = {}) =>
  Object.assign(new DatabaseError('it says so', 10, 'error'), { code, severity, ...more });

test.each([
  ['53100', 'FL_STREAM_FAILED'],
  ['58030', 'FL_STREAM_FAILED'],
  ['40001', 'FL_STREAM_CONTENDED'],
  ['40P01', 'FL_STREAM_CONTENDED'],
  ['22P02', 'FL_STREAM_DATA_REFUSED'],
  ['23502', 'FL_STREAM_DATA_REFUSED'],
])('%s is %s in any language: it was rolled back', (code, meaning) => {
  for (const severity of ['ERROR', 'FEHLER', 'ERREUR', 'ОШИБКА', '错误']) {
    expect(classifyAppendError(failing(code, severity))).toMatchObject({ code: meaning, outcome: 'definite', details: { sqlState: code } });
  }
});

test.each(['08006', '08P01', '57P01', '57P02', '57P03', '57P04', '57P05', '25P03', '25P04', 'XX000', 'XX001'])(
  '%s ends the session, or may: whether it was stored is unknown, in any language',
  (code) => {
    for (const severity of ['ERROR', 'FATAL', 'FEHLER', 'ВАЖНО', '致命错误']) {
      expect(classifyAppendError(failing(code, severity))).toMatchObject({ code: 'FL_STREAM_COMMIT_UNKNOWN', outcome: 'indefinite' });
    }
  },
);

test('what says itself that it ends the session leaves it unknown, whatever its code', () => {
  for (const severity of ['FATAL', 'PANIC']) expect(classifyAppendError(failing('53100', severity)).code).toBe('FL_STREAM_COMMIT_UNKNOWN');
  expect(classifyAppendError(new Error('Connection terminated unexpectedly')).code).toBe('FL_STREAM_COMMIT_UNKNOWN');
});

test('a missing partition is known by the table and by having no constraint, in any language', () => {
  expect(isMissingPartition(failing('23514', 'FEHLER', { table: 'log' }))).toBe(true);
  expect(isMissingPartition(failing('23514', 'ERROR', { table: 'log', constraint: 'log_position_check' }))).toBe(false);
  expect(isMissingPartition(failing('23514', 'ERROR', { table: 'events' }))).toBe(false);
});
