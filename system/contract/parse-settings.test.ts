import { expect, test } from 'vitest';
import { demandSettings, parseSettings } from './parse-settings.ts';

const url = { DATABASE_URL: 'postgresql://faultline@127.0.0.1:5432/postgres' };

const problemsOf = (environment: Record<string, string>) =>
  parseSettings('ingest', { ...url, ...environment }).problems?.map(({ message }) => message) ?? [];

test('an environment with the database alone gives every default, typed', () => {
  const { settings } = parseSettings('ingest', url);
  expect(settings).toMatchObject({
    databaseUrl: url.DATABASE_URL,
    port: 0,
    reusePort: false,
    bodyLimitBytes: 1_048_576,
    timelineHandler: null,
  });
});

test('values are parsed by kind, and an empty one is the same as none', () => {
  const environment = {
    ...url,
    FAULTLINE_REUSE_PORT: 'yes',
    FAULTLINE_FLUSHERS: ' 4 ',
    FAULTLINE_DEDUPE_WINDOW_HOURS: '',
    FAULTLINE_PORT: '8080',
  };
  expect(parseSettings('ingest', environment).settings).toMatchObject({ reusePort: true, flushers: 4, dedupeWindowHours: 24, port: 8080 });
});

test('every problem is told at once, with the variable, its value and what to give', () => {
  const problems = parseSettings('ingest', { FAULTLINE_PORT: '99999', FAULTLINE_REUSE_PORT: 'maybe', FAULTLINE_FLUSHERS: '1e3' }).problems;
  expect(problems?.map(({ variable }) => variable)).toEqual([
    'FAULTLINE_PORT',
    'FAULTLINE_REUSE_PORT',
    'FAULTLINE_FLUSHERS',
    'DATABASE_URL',
  ]);
  expect(problems?.[0]?.message).toContain("FAULTLINE_PORT is '99999': give a whole number from 0 to 65535 (default 0).");
});

test('an unknown variable names the near ones', () => {
  expect(problemsOf({ FAULTLINE_FLUSHER: '2' })[0]).toContain('Did you mean FAULTLINE_FLUSHERS');
  expect(problemsOf({ FAULTLINE_ZZZZZZZZZZZZ: '2' })).toEqual(['FAULTLINE_ZZZZZZZZZZZZ is not a setting. Remove it, or correct its name.']);
});

test('a variable of another process, and one of the tests, is let pass', () => {
  expect(problemsOf({ FAULTLINE_LEASE_MS: 'for the worker to judge', FAULTLINE_TEST_POSTGRES_URL: 'x' })).toEqual([]);
  expect(problemsOf({ FAULTLINE_LOKI: '/opt/loki', FAULTLINE_OTLP_METRICS_TOKEN: 'secret' })).toEqual([]);
  expect(problemsOf({ FAULTLINE_LOKIS: 'near' })).toHaveLength(1);
});

test.each(['0.0.0.0', '::', '192.168.1.1', 'example.org', '127.example.org'])('host %s is refused: it is no loopback address', (host) => {
  expect(problemsOf({ FAULTLINE_HOST: host })[0]).toContain('no loopback address');
  expect(problemsOf({ FAULTLINE_HOST: host, FAULTLINE_API_KEYS: 'from-the-first' })[0]).toContain('Set FAULTLINE_API_KEYS=required');
});

test.each(['ingest', 'worker', 'query', 'start'] as const)('with keys required, process %s takes any address', (process) => {
  const open = { ...url, FAULTLINE_HOST: '0.0.0.0' };
  expect(parseSettings(process, open).problems).toHaveLength(1);
  expect(parseSettings(process, { ...open, FAULTLINE_API_KEYS: 'required' }).problems).toBeNull();
});

test('what looks like an API key is shown in no problem, whatever the name of its variable', () => {
  const key = `fl_0123456789_${'k'.repeat(43)}`;
  const { problems } = parseSettings('ingest', { ...url, FAULTLINE_API_KEZ: key, FAULTLINE_PORT: '-1' });
  expect(JSON.stringify(problems)).not.toContain('kkk');
  expect(problems?.map(({ value }) => value)).toEqual(['fl_0123456789_***', '-1']);
});

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('host %s is loopback', (host) => {
  expect(problemsOf({ FAULTLINE_HOST: host })).toEqual([]);
});

test('a choice that is none of the choices is refused', () => {
  const { problems } = parseSettings('worker', { ...url, FAULTLINE_PENDING_POLICY: 'ignore' });
  expect(problems?.[0]?.message).toContain('give one of wait, skip, stop');
});

test('a database URL of another kind is refused without its password', () => {
  const problem = problemsOf({ DATABASE_URL: 'mysql://me:secret@host/db' })[0];
  expect(problem).toContain('mysql://me:***@host/db');
  expect(problem).not.toContain('secret');
});

test('a main that demands its settings gets one typed error with all problems', () => {
  expect(() => demandSettings('query', { FAULTLINE_PORT: 'x' })).toThrowError(expect.objectContaining({ code: 'FL_SETTINGS_INVALID' }));
});
