import { expect, test } from 'vitest';
import { codeOfError, outcomeOfAnswer, outcomeOfError } from './classify.ts';

const definite = ['overloaded', 'shutting_down', 'storage_unavailable'];

test.each([
  [200, null, 'ok'],
  [202, null, 'ok'],
  [400, 'invalid_json', 'failed'],
  [409, 'idempotency_conflict', 'failed'],
  [413, 'payload_too_large', 'failed'],
  [429, null, 'failed'],
  [503, 'overloaded', 'failed'],
  [503, 'shutting_down', 'failed'],
  [503, 'storage_unavailable', 'failed'],
  [503, 'commit_unknown', 'unknown'],
  [503, null, 'unknown'],
  [500, 'internal', 'unknown'],
  [500, 'overloaded', 'unknown'],
  [502, null, 'unknown'],
  [301, null, 'unknown'],
  [200, 'client_answer_unreadable', 'unknown'],
  [400, 'client_answer_unreadable', 'failed'],
])('an answer %i %s is %s', (status, code, outcome) => {
  expect(outcomeOfAnswer({ status, code }, definite)).toBe(outcome);
});

test('without an answer it depends on whether anything was sent', () => {
  expect([outcomeOfError(false), outcomeOfError(true)]).toEqual(['failed', 'unknown']);
});

test.each([
  ['ECONNREFUSED', 'client_connection_refused'],
  ['ECONNRESET', 'client_connection_reset'],
  ['UND_ERR_SOCKET', 'client_connection_reset'],
  ['FAULTLINE_TIMEOUT', 'client_timeout'],
  ['EHOSTUNREACH', 'client_ehostunreach'],
  [undefined, 'client_error'],
])('the error %s is called %s', (code, name) => {
  expect(codeOfError(Object.assign(new Error('x'), { code }))).toBe(name);
});
