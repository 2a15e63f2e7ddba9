// The load command as a user meets it: exit codes, files, and what the screen says.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { lookForK6 } from '../drivers/k6/find-k6.ts';
import { systemClock } from '../engine/clock.ts';
import { processTree } from '../engine/machine/process-cpu.ts';
import type { LoadResult } from '../load/result.ts';
import { isLate } from '../load/slo/judge-slos.ts';
import { startTestServer } from '../load/testing.ts';

const folder = await mkdtemp(join(tmpdir(), 'faultline-load-test-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const script = fileURLToPath(new URL('load.ts', import.meta.url));
const load = (...parameters: readonly string[]) =>
  execa(process.execPath, [script, ...parameters, '--report', folder], { reject: false, timeout: 50_000 });
const latest = async (): Promise<LoadResult> => JSON.parse(await readFile(join(folder, 'latest', 'load.json'), 'utf8')) as LoadResult;
const wasLate = ({ measured }: LoadResult): boolean => measured.phases.some(isLate);

test('a run within its gates passes, unless this machine was too busy to send on time; it leaves figures and a page', async () => {
  await using server = await startTestServer((_request, response) => void response.end('ok'));
  const { exitCode, stdout } = await load(
    '--target',
    `${server.origin}/x`,
    '--header',
    'authorization: secret-value',
    '--rate',
    '50',
    '--duration',
    '3s',
    '--slo',
    'p50<2s',
    '--slo',
    'errors<1%',
  );
  const result = await latest();
  expect(result).toMatchObject({
    verdict: wasLate(result) ? 'inconclusive' : 'pass',
    measured: { phases: [{ sent: 150, ok: 150 }] },
    seed: expect.any(Number) as number,
  });
  expect(exitCode).toBe(wasLate(result) ? 2 : 0);
  expect(stdout).toContain('report  ');
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(result.verdict);
  const page = await readFile(join(folder, 'latest', 'report.html'), 'utf8');
  for (const id of ['latency', 'throughput', 'saturation', 'in-flight']) expect(page).toContain(`data-plot="${id}"`);
  expect(page + JSON.stringify(result)).not.toContain('secret-value');
});

test('a missed gate is exit 1, and says by how much', async () => {
  await using server = await startTestServer((_request, response) => void response.writeHead(500).end());
  const { exitCode, stdout } = await load('--target', `${server.origin}/x`, '--rate', '50', '--duration', '1s');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/errors<1%\s+steady\s+100%\s+missed/);
  expect(stdout).toContain('status_500 50');
});

test('too few samples are exit 2, with the number that is needed', async () => {
  await using server = await startTestServer((_request, response) => void response.end());
  const { exitCode, stdout } = await load('--target', `${server.origin}/x`, '--rate', '20', '--duration', '1s', '--slo', 'p99<5s');
  expect(exitCode).toBe(2);
  const result = await latest();
  expect(stdout).toContain(wasLate(result) ? 'more than 10 ms late' : 'p99 of 20 requests says little: at least 300 are needed');
});

test('a run is compared with an earlier one; much slower is a regression, unless this machine was too busy to send on time', async () => {
  let delayMs = 20;
  await using server = await startTestServer((_request, response) => void setTimeout(() => response.end(), delayMs));
  const flags = ['--target', `${server.origin}/x`, '--rate', '50', '--duration', '7s', '--slo', 'errors<1%'];
  await load(...flags);
  const before = await latest();
  const earlier = join(folder, before.id, 'load.json');
  delayMs = 300;
  const { exitCode, stdout } = await load(...flags, '--compare', earlier);
  const isLate = wasLate(before) || wasLate(await latest());
  expect(exitCode).toBe(isLate ? 2 : 1);
  expect(stdout).toMatch(isLate ? /steady is not compared/ : /steady p50 .*worse/);
  const other = await load(...flags.with(3, '40'), '--compare', earlier);
  expect(other.exitCode).toBe(2);
  expect(other.stdout).toContain('another plan');
});

test('what can not be done is exit 3, in one line', async () => {
  const refused = await load('--target', 'http://127.0.0.1:1/x');
  expect(refused).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('FL_TARGET_FAILED: nothing answers at 127.0.0.1:1') as string,
  });
  const file = join(folder, 'no-load.json');
  await writeFile(file, '{}');
  expect(await load('--target', 'http://127.0.0.1:1/x', '--compare', file)).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('no load.json') as string,
  });
});

test.each([
  ['an earlier run that is no JSON', ['--compare', fileURLToPath(import.meta.url)], /^FL_USAGE: --compare: .* is no load\.json/],
  ['an earlier run that is a folder', ['--compare', import.meta.dirname], /^FL_USAGE: --compare: .* can't be read: EISDIR/],
  ['a folder that can’t be written', ['--report', '/proc/loads'], /^FL_FOLDER_NOT_WRITABLE: the folder for load runs, \/proc\/loads,/],
])('%s is a mistake in one line, and no defect of the harness', async (_what, parameters, message) => {
  await using server = await startTestServer((_request, response) => void response.end());
  const refused = await execa(process.execPath, [script, '--target', `${server.origin}/x`, ...parameters], { reject: false, cwd: folder });
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toMatch(message);
  expect(refused.stderr).not.toMatch(/^\s+at /m);
});

test.each(['http', 'autocannon'])('Ctrl-C ends a run of driver %s as interrupted', async (driver) => {
  let begun = false;
  await using server = await startTestServer((_request, response) => {
    begun = true;
    response.end();
  });
  const running = load('--target', `${server.origin}/x`, '--driver', driver, '--duration', '30s');
  while (!begun) await systemClock.sleep(20);
  running.kill('SIGINT');
  const { exitCode, stderr } = await running;
  expect(stderr).toMatch(/^FL_INTERRUPTED: /);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(exitCode).toBe(130);
});

test('two runs at once in one folder are two, and a latest that is no link is a warning after the verdict', async () => {
  await using server = await startTestServer((_request, response) => void response.end());
  const own = await mkdtemp(join(folder, 'own-'));
  await mkdir(join(own, 'latest', 'mine'), { recursive: true });
  const run = () =>
    execa(process.execPath, [script, '--target', `${server.origin}/x`, '--duration', '1s', '--report', own], { reject: false });
  for (const { exitCode, stdout, stderr } of await Promise.all([run(), run()])) {
    expect([0, 2]).toContain(exitCode);
    expect(stdout).toMatch(/^(pass|inconclusive)\nwarning: .*latest does not point to this run: .*\n*$/m);
    expect(stderr).toBe('');
  }
  const [first, second, ...more] = (await readdir(own)).filter((name) => name !== 'latest');
  expect([existsSync(join(own, first!, 'load.json')), existsSync(join(own, second!, 'load.json')), more]).toEqual([true, true, []]);
});

test('one Ctrl-C that comes twice, from the terminal and from npm, takes the run down in order', async () => {
  let begun = false;
  await using server = await startTestServer((_request, response) => {
    begun = true;
    response.end();
  });
  const running = load('--target', `${server.origin}/x`, '--duration', '30s');
  while (!begun) await systemClock.sleep(20);
  running.kill('SIGINT');
  running.kill('SIGTERM');
  const { exitCode, stdout, stderr } = await running;
  expect(stderr).toMatch(/^FL_INTERRUPTED: /);
  expect(stdout).not.toContain('interrupted again');
  expect(exitCode).toBe(130);
});

const burst = 12;

test('the capacity of a target that refuses above a rate is found near that rate', async () => {
  let bucket = 0;
  let at = performance.now();
  const recent: number[] = [];
  let wasCalm = true;
  await using server = await startTestServer((_request, response) => {
    // A leaky bucket: 150/s, a tenth of a second of it at once.
    const now = performance.now();
    bucket = Math.max(0, bucket - ((now - at) / 1000) * 150);
    at = now;
    bucket += 1;
    recent.push(now);
    // Nobody sends that many at once: this machine stood still, or the generator did, and what is refused then is not what the target can't do.
    if (recent.length > burst && now - recent.splice(0, recent.length - burst)[0]! < 20) wasCalm = false;
    response.writeHead(bucket > 15 ? 503 : 200).end();
    if (bucket > 15) bucket -= 1;
  });
  const { stdout, exitCode } = await load(
    '--target',
    `${server.origin}/x`,
    '--find-capacity',
    '--rate',
    '40',
    '--settle',
    '300ms',
    '--probe',
    '1s',
    '--precision',
    '10%',
    '--most-rate',
    '640',
    '--slo',
    'errors<2%',
  );
  const { capacity, verdict } = await latest();
  // On a machine that is too busy to send on time the search says so, and proves nothing; what it found is no more than the target holds all the same.
  const found =
    verdict === 'pass'
      ? { exit: 0, said: /capacity: \d+\/s, held and held again/, from: wasCalm ? 120 : 0 }
      : { exit: 2, said: /capacity: (unknown|at least)/, from: 0 };
  expect(exitCode).toBe(found.exit);
  expect(stdout).toMatch(found.said);
  expect(capacity?.ratePerSecond ?? 1).toBeGreaterThan(found.from);
  expect(capacity?.ratePerSecond ?? 1).toBeLessThan(170);
});

test('a search whose time is up before a rate held twice is exit 2, whatever its last probe missed', async () => {
  await using server = await startTestServer((_request, response) => void response.writeHead(503).end());
  const probes = ['--settle', '100ms', '--probe', '1s', '--most-duration', '1500ms'];
  const { stdout, exitCode } = await load('--target', `${server.origin}/x`, '--find-capacity', '--rate', '40', ...probes);
  expect(stdout).toContain('capacity: unknown. The time was up (--most-duration) after 1 probe,');
  expect(await latest()).toMatchObject({ verdict: 'inconclusive', gates: [{ slo: 'errors<1%', outcome: 'missed' }, {}] });
  expect(exitCode).toBe(2);
});

test('a generator that was starved makes the run inconclusive, whatever was measured', async () => {
  let begun = false;
  await using server = await startTestServer((_request, response) => {
    begun = true;
    response.end();
  });
  const running = load('--target', `${server.origin}/x`, '--rate', '50', '--duration', '3s', '--slo', 'p50<20s', '--slo', 'errors<50%');
  while (!begun) await systemClock.sleep(20);
  const [, worker = 0] = await processTree(running.pid ?? 0);
  process.kill(worker, 'SIGSTOP');
  await systemClock.sleep(700);
  process.kill(worker, 'SIGCONT');
  const { exitCode, stdout } = await running;
  expect(stdout).toContain('more than 10 ms late');
  expect(exitCode).toBe(2);
  expect((await latest()).gates.map(({ outcome }) => outcome)).toEqual(['unproven', 'unproven']);
});

const k6 = lookForK6(process.env);

test.skipIf(k6 === null)('k6 plays the same plan, judged by the same gates (skipped where there is no k6)', async () => {
  const bodies = new Set<string>();
  await using server = await startTestServer((_request, response, body) => {
    bodies.add(body);
    response.end();
  });
  const flags = ['--driver', 'k6', '--target', `${server.origin}/x`, '--connections', '50', '--duration', '2s', '--rate', '50'];
  await load(...flags, '--body', '{{id}}', '--seed', '9', '--slo', 'errors<1%');
  const result = await latest();
  expect(result).toMatchObject({ driver: 'k6', measured: { phases: [{ name: 'steady', failed: 0 }] } });
  expect(result.measured.phases[0]?.sent).toBe(bodies.size);
  expect(bodies).toContain('load-9-42');
});

test.skipIf(k6 === null)(
  'a script of the user’s own is judged by its errors, and never green by its latency (skipped where there is no k6)',
  async () => {
    await using server = await startTestServer((_request, response) => void response.end());
    const own = join(folder, 'own.js');
    await writeFile(
      own,
      `import http from 'k6/http';
    export const options = { vus: 2, duration: '1s' };
    export default () => http.get('${server.origin}/y');`,
    );
    const flags = ['--driver', 'k6', '--script', own, '--target', `${server.origin}/x`];
    expect((await load(...flags, '--slo', 'errors<1%')).exitCode).toBe(0);
    const { exitCode, stdout } = await load(...flags, '--slo', 'p50<10s');
    expect(exitCode).toBe(2);
    expect(stdout).toContain('latency counts from the sending');
  },
);

test('autocannon finds how much a target answers in a closed loop, and judges nothing', async () => {
  await using server = await startTestServer((_request, response) => void response.end());
  const { exitCode, stdout } = await load(
    '--driver',
    'autocannon',
    '--target',
    `${server.origin}/x`,
    '--duration',
    '1s',
    '--connections',
    '2',
  );
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/knee: not reached with 2 connections/);
  expect(await latest()).toMatchObject({ gates: [], knee: { steps: [{ connections: 1 }, { connections: 2 }] } });
});
