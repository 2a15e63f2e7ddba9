import { expect, test } from 'vitest';
import { type LoadOptions, parseLoadOptions } from './load-options.ts';

const target = ['--target', 'http://127.0.0.1:4000/events'];
const parse = (...more: readonly string[]) => parseLoadOptions([...target, ...more]) as LoadOptions;

test('a target alone is a constant 50/s for 10 s that must not end in errors', () => {
  expect(parse()).toMatchObject({
    request: { method: 'GET', origin: 'http://127.0.0.1:4000', path: '/events', body: null },
    stages: [{ name: 'steady', seconds: 10, fromPerSecond: 50, toPerSecond: 50 }],
    slos: [{ text: 'errors<1%' }],
    driver: 'http',
    capacity: null,
    retry: null,
  });
});

test('a capacity that is searched without gates must keep up with what is sent: a queue has no errors', () => {
  expect(parse('--find-capacity').slos.map(({ text }) => text)).toEqual(['errors<1%', 'throughput>=95%']);
  expect(parse('--find-capacity', '--slo', 'p99<1s').slos.map(({ text }) => text)).toEqual(['p99<1s']);
});

test('a gate of a script of the user’s own is for its one phase: one for another would judge nothing', () => {
  const flags = ['--driver', 'k6', '--script', 'package.json'];
  expect(parse(...flags, '--slo', 'script:errors<1%').slos).toMatchObject([{ phase: 'script' }]);
  expect(() => parse(...flags, '--slo', 'steady:errors<1%')).toThrow(/there is no phase steady.* There are script/);
  expect(() => parse('--slo', 'script:errors<1%')).toThrow(/there is no phase script/);
});

test('a body makes it a POST of JSON, and a header of the user’s own is kept', () => {
  expect(parse('--body', '{"id":"{{id}}"}').request).toMatchObject({ method: 'POST', headers: [['content-type', 'application/json']] });
  expect(parse('--body', 'x', '--header', 'Content-Type: text/plain').request.headers).toEqual([['content-type', 'text/plain']]);
});

test('keys are drawn evenly, by Zipf, or with a few hot ones', () => {
  expect(parse('--keys', 'zipf:10:1.5').request.keys).toEqual({ kind: 'zipf', count: 10, exponent: 1.5 });
  expect(parse('--keys', 'hot:10:2:80%').request.keys).toEqual({ kind: 'hot', count: 10, hot: 2, share: 0.8 });
});

test('placeholders in the path stay as they were typed', () => {
  expect((parseLoadOptions(['--target', 'http://127.0.0.1:4000/things/{{key}}?n={{n}}']) as LoadOptions).request.path).toBe(
    '/things/{{key}}?n={{n}}',
  );
  expect((parseLoadOptions(['--target', 'http://127.0.0.1:4000']) as LoadOptions).request.path).toBe('/');
});

test('shapes and phases become stages, the warm-up first', () => {
  expect(parse('--shape', 'spike', '--rate', '10', '--to', '100', '--warm-up', '2s').stages.map(({ name, kind }) => [name, kind])).toEqual([
    ['warm-up', 'warm-up'],
    ['before', 'steady'],
    ['spike', 'spike'],
    ['after', 'steady'],
  ]);
  expect(parse('--phase', 'calm=10/s,5s', '--phase', 'up=10..200/s,1m').stages).toEqual([
    { name: 'calm', kind: 'steady', seconds: 5, fromPerSecond: 10, toPerSecond: 10 },
    { name: 'up', kind: 'ramp', seconds: 60, fromPerSecond: 10, toPerSecond: 200 },
  ]);
});

test('every mistake is told at once', () => {
  const all = () =>
    parseLoadOptions([
      '--target',
      'http://10.0.0.1/x',
      '--rat',
      '200',
      '--duration',
      '7',
      '--slo',
      'p99<200',
      '--slo',
      'stedy:errors<1%',
      '--body',
      '{{kye}}',
      '--shape',
      'rmp',
    ]);
  for (const part of [
    '7 mistakes',
    '--rat. Did you mean --rate',
    'Did you mean key?',
    '--permitted-host 10.0.0.1',
    'Did you mean ramp',
    'as in 500ms',
    'needs its unit',
    'Did you mean steady',
  ])
    expect(all).toThrow(expect.objectContaining({ code: 'FL_USAGE', message: expect.stringContaining(part) as string }));
});

test.each([
  [['--target', 'nonsense'], /expected a URL/],
  [[], /--target is missing/],
  [['--target', 'http://u:p@127.0.0.1/'], /credentials in a URL/],
  [[...target, '--method', 'GET', '--body', 'x'], /GET has no body/],
  [[...target, '--batch', '5'], /--batch needs a --body/],
  [[...target, '--header', 'nonsense'], /a name and a value/],
  [
    ['--target', 'http://127.0.0.1:4000/my events?q={{key}}'],
    /--target: \/my events\?q=.* a space may not be in a path .* write it as %20/,
  ],
  [['--target', 'http://127.0.0.1:4000/событие'], /с \(U\+0441\) may not be .* write it as %D1%81/],
  [[...target, '--header', 'authorization: Bearer “secret”'], /--header authorization: its value holds “ \(U\+201C\), which no header can/],
  [[...target, '--header', 'expect: 100-continue'], /--header expect: our own driver can not send it/],
  [[...target, '--header', 'host: a', '--header', 'host: b'], /--header host: it can be given only once/],
  [[...target, '--body', 'abc', '--header', 'content-length: 4'], /--header content-length: it is counted from the body/],
  [[...target, '--keys', 'zipf:10'], /zipf:1000:1\.1/],
  [[...target, '--keys', 'hot:10:20:80%'], /hot:1000:5:80%/],
  [[...target, '--keys', 'uniform:0'], /with up to/],
  [[...target, '--ok', '200-'], /statuses as in/],
  [[...target, '--shape', 'ramp'], /needs --to/],
  [[...target, '--to', '5'], /needs a --shape/],
  [[...target, '--phase', 'a=1/s,1s', '--phase', 'a=1/s,1s'], /two phases/],
  [[...target, '--phase', 'a=1/s,1s', '--rate', '5'], /do not go together/],
  [[...target, '--phase', 'a:1'], /name=100\/s,10s/],
  [[...target, '--duration', '11m'], /--most-duration/],
  [[...target, '--rate', '5000', '--duration', '9m'], /--most-requests/],
  [[...target, '--rate', '0'], /not a single request/],
  [[...target, '--find-capacity', '--rate', '0'], /begins with, which must be above 0/],
  [[...target, '--find-capacity', '--rate', '50', '--most-rate', '20'], /begins at 50\/s/],
  [[...target, '--find-capacity', '--most-duration', '6s'], /the plan lasts 7 s/],
  [
    [...target, '--find-capacity', '--slo', 'p99.99<1s', '--most-duration', '9m'],
    /the first probe, at 50\/s, lasts 722 s .* raise --most-duration/,
  ],
  [[...target, '--driver', 'autocannon', '--rate', '5'], /closed loop, which has no rate/],
  [[...target, '--driver', 'k6', '--find-capacity'], /for --driver http/],
  [[...target, '--script', 'package.json'], /is for --driver k6/],
  [[...target, '--driver', 'k6', '--telemetry', 'localhost'], /--telemetry localhost: expected a URL with http/],
  [[...target, '--driver', 'k6', '--telemetry', 'localhost:4318'], /--telemetry localhost:4318: expected a URL with http/],
  [
    [...target, '--find-capacity', '--duration', '30s'],
    /--duration has no effect with --find-capacity.* take --rate .* --settle and --probe/,
  ],
  [[...target, '--find-capacity', '--warm-up', '5s'], /--warm-up has no effect with --find-capacity/],
  [[...target, '--find-capacity', '--phase', 'a=5/s,5s'], /--phase has no effect with --find-capacity/],
  [[...target, '--find-capacity', '--compare', 'package.json'], /two questions/],
  [[...target, '--most-rate', '100'], /--most-rate is for --find-capacity/],
  [[...target, '--settle', '2s'], /--settle is for --find-capacity/],
  [[...target, '--probe', '5s'], /--probe is for --find-capacity/],
  [[...target, '--precision', '5%'], /--precision is for --find-capacity/],
  [[...target, '--tolerance', '10%'], /--tolerance is for --compare/],
  [[...target, '--batch-as', 'json'], /--batch-as is for --batch/],
  [[...target, '--driver', 'k6', '--script', 'package.json', '--rate', '5'], /--rate has no effect with --script/],
  [[...target, '--driver', 'k6', '--script', 'package.json', '--body', 'x'], /--body has no effect with --script/],
  [[...target, '--driver', 'autocannon', '--warm-up', '5s'], /--warm-up has no meaning with --driver autocannon/],
  [[...target, '--driver', 'autocannon', '--retries', '0'], /--retries is for --driver http/],
  [[...target, '--compare', 'no-such.json'], /there is no file/],
  [[...target, '--processes', '0'], /from 1 to 64/],
  [[...target, 'word'], /"word" belongs to no flag/],
  [[...target, '--slo'], /argument missing/],
])('%s is a mistake that is explained', (parameters, message) => {
  expect(() => parseLoadOptions(parameters)).toThrow(
    expect.objectContaining({ code: 'FL_USAGE', message: expect.stringMatching(message) as string }),
  );
});

test.each(['localhost', '127.0.0.1', '127.9.9.9', '[::1]', 'a.localhost'])('%s is this machine', (host) => {
  expect(parseLoadOptions(['--target', `http://${host}:4000/`])).toMatchObject({ driver: 'http' });
});

test.each(['127.0.0.1.example.com', '0.0.0.0', '192.168.0.1', 'localhost.example.com', '[::2]'])(
  '%s is not, and needs to be named',
  (host) => {
    expect(() => parseLoadOptions(['--target', `http://${host}:4000/`])).toThrow(/is not this machine/);
    expect(parseLoadOptions(['--target', `http://${host}:4000/`, '--permitted-host', host])).toMatchObject({ driver: 'http' });
  },
);
