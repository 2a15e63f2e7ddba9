import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  books,
  createWorkerDatabase,
  drained,
  entries,
  eventually,
  expectSound,
  letters,
  names,
  patient,
  restingLetters,
  startWorkerProcess,
  type TestEvent,
  type WorkerDatabase,
} from '../workers/testing.ts';
import { startDesk } from './ops/testing.ts';

const jobDone = (database: WorkerDatabase, job: unknown) =>
  eventually(
    () => database.rows<{ outcome: string; events: string }>('select outcome, events from recovery_commands where job = $1', [job]),
    (seen) => seen.length > 0 && seen.every(({ outcome }) => outcome !== null),
  );

const totals = async (database: WorkerDatabase, processor = 'timelines') =>
  (
    await database.rows(
      `select sum(replayed)::int as replayed, sum(discarded)::int as discarded, sum(failed_again)::int as failed_again
       from recovery_totals where processor = $1`,
      [processor],
    )
  )[0];

const secret = 'secret-4711';
const poison = { fault: 'throw', note: secret };
const unpoison = [{ op: 'remove', path: '/metadata/fault', when: { path: '/metadata/fault', equals: 'throw' } }];

describe('a key with poison in it and events behind', () => {
  test('is looked at, tried, mended and replayed in order, once, however often that is asked for', async () => {
    await using database = await createWorkerDatabase();
    await using desk = await startDesk(database);
    await database.append([
      { key: 'a', name: 'e1' },
      { key: 'a', name: 'e2', metadata: poison },
      { key: 'a', name: 'e3' },
      { key: 'a', name: 'e4', metadata: poison },
      { key: 'a', name: 'e5' },
      { key: 'b', name: 'e1' },
    ]);
    await using worker = await startWorkerProcess(database.url, patient);
    await drained(database, 6);
    await restingLetters(database, 1);
    const [letter] = await database.rows<{ place: string; body: string }>(
      `select concat_ws('/', processor, version, lane, position) as place, body from dead_letters`,
    );
    const { place, body } = letter!;

    const listed = await desk.ops('dead-letters', 'list', '--reason', 'handler_threw');
    expect(listed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(place) });
    expect(listed.stdout).not.toContain(secret);
    const shown = await desk.ops('dead-letters', 'show', place);
    expect(shown.stdout).toMatch(/stage +handle\n[^]*attempts +3\n[^]*waiting behind +3\n/);
    expect(shown.stdout).toContain(secret);
    const key = await desk.ops('parked-keys', 'show', 'timelines/1', 'shop', 'a');
    expect(key.stdout).toMatch(/events +4\n[^]*e2[^]*e3[^]*e4[^]*e5/);

    const before = await database.rows('select * from parked_events order by position');
    const tried = await desk.ops('dead-letters', 'replay', place, '--dry-run');
    expect(tried).toMatchObject({ exitCode: 1, stdout: expect.stringMatching(/would fail: handler_threw[^]*would wait behind/) });
    const file = await desk.rules(unpoison);
    const rehearsed = await desk.ops('dead-letters', 'fix', place, '--rules', file, '--dry-run');
    expect(rehearsed.exitCode).toBe(0);
    expect(rehearsed.stdout.match(/would be applied/g)).toHaveLength(4);
    expect(rehearsed.stdout.match(/remove \/metadata\/fault \(string to nothing\)/g)).toHaveLength(2);
    expect(await database.rows('select * from parked_events order by position')).toEqual(before);
    expect(await entries(database, 'a')).toEqual(['e1']);
    expect(await database.rows('select from event_recoveries union all select from recovery_audit')).toHaveLength(0);

    const tooEarly = await desk.ops('dead-letters', 'replay', '--processor', 'timelines', '--why', 'is it mended?', '--by', 'ann');
    expect(tooEarly).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('failed again') });
    const mended = await desk.ops('dead-letters', 'fix', place, '--rules', file, '--why', 'the fault is a mistake', '--by', 'ann');
    expect(mended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('2 changed, 2 unchanged, 0 refused') });
    expect((await desk.ops('dead-letters', 'show', place)).stdout).toMatch(/attempts +3 since its last replay, 3 before\nreplays +1\n/);
    expect(
      (await database.rows(`select body from parked_events where concat_ws('/', processor, version, lane, position) = $1`, [place]))[0],
    ).toEqual({
      body,
    });

    const request = { action: 'replay', selection: { object_id: 'a' }, request_id: crypto.randomUUID() };
    const [one, same] = [await desk.ask(request), await desk.ask(request)];
    expect(one).toMatchObject({ status: 202, body: { known: false, commands: 1 } });
    expect(same.body).toMatchObject({ known: true, job: one.body['job'], commands: 1 });
    const other = await desk.ask({ action: 'replay', selection: { object_id: 'a' } });
    // Either it still waits, or all of it is done.
    expect(other.status === 404 || (other.body['commands'] === 0 && other.body['already_asked'] === 1)).toBe(true);
    expect(await jobDone(database, one.body['job'])).toEqual([{ outcome: 'replayed', events: '4' }]);
    expect(await entries(database, 'a')).toEqual(names(1, 5));
    expect(await database.rows('select from parked_keys')).toHaveLength(0);
    await expectSound(database, 6);
    expect(await totals(database)).toEqual({ replayed: 4, discarded: 0, failed_again: 1 });

    const audit = await desk.ops('audit', 'list', '--object', 'a');
    expect(audit.stdout).toMatch(/replay +replayed +4 +test[^]*fix +fixed +2 +ann[^]*replay +failed_again +0 +ann/);
    const done = worker.lines.filter(({ event_name }) => event_name === 'faultline.recovery.done').map(({ attributes }) => attributes);
    expect(done.map((line) => line['faultline.result'])).toEqual(['rehearsed', 'rehearsed', 'failed_again', 'fixed', 'replayed']);
    expect(JSON.stringify([worker.lines, desk.lines])).not.toContain(secret);
  }, 180_000);

  test('is replayed once and in order though the worker is killed in the middle of it', async () => {
    await using database = await createWorkerDatabase(1);
    await using desk = await startDesk(database);
    const folder = await mkdtemp(join(tmpdir(), 'faultline-middle-'));
    await using _gone = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
    const file = join(folder, 'go-on');
    const hold = { metadata: { fault: 'hold', file } };
    const behind: TestEvent[] = names(2, 2500).map((name) => ({ key: 'a', name, ...(name === 'e1500' && hold) }));
    await database.append([{ key: 'a', name: 'e1', metadata: poison }, ...behind]);
    await using first = await startWorkerProcess(database.url, { FAULTLINE_HANDLER_DEADLINE_MS: '60000' });
    await drained(database, 2500, 30_000);
    await restingLetters(database, 1);
    const fixed = await desk.ask({ action: 'fix', selection: { all: true }, fix: unpoison });
    await jobDone(database, fixed.body['job']);
    const { body } = await desk.ask({ action: 'replay', selection: { all: true } });
    // In the middle: it has begun with one of them, and does not end.
    await expect.poll(() => existsSync(`${file}.held`)).toBe(true);
    first.signal('SIGKILL');
    await first.exited;
    await writeFile(file, '');
    const atDeath = (await entries(database, 'a')).length;
    expect(atDeath).toBeGreaterThan(0);
    expect(atDeath).toBeLessThan(2500);
    await using _second = await startWorkerProcess(database.url);
    expect(await eventually(() => jobDone(database, body['job']), Boolean, 30_000)).toEqual([{ outcome: 'replayed', events: '2500' }]);
    expect(await entries(database, 'a')).toEqual(names(1, 2500));
    await expectSound(database, 2500);
    expect(await totals(database)).toEqual({ replayed: 2500, discarded: 0, failed_again: 0 });
  }, 180_000);
});

describe('a dry run', () => {
  test('knows what the database would refuse, and a handler that never ends, and writes nothing', async () => {
    await using database = await createWorkerDatabase(1);
    await using desk = await startDesk(database);
    await database.append([
      { key: 'refused', metadata: { fault: 'nul' } },
      { key: 'refused', name: 'behind' },
      { key: 'hangs', metadata: { fault: 'hang-sync' } },
    ]);
    await using _worker = await startWorkerProcess(database.url, patient);
    await restingLetters(database, 2);
    const before = await database.rows('select * from parked_events order by position');
    const tried = await desk.ops('dead-letters', 'replay', '--all', '--dry-run');
    expect(tried.exitCode).toBe(1);
    expect(tried.stdout).toMatch(/shop refused\n.*would fail: data_refused: .*\n.*would wait behind\n/);
    expect(tried.stdout).toMatch(/shop hangs\n.*would fail: handler_timeout: /);
    expect(await database.rows('select * from parked_events order by position')).toEqual(before);
    expect(await database.rows('select from timeline_entries')).toHaveLength(0);
  });
});

describe('a large replay', () => {
  test('does not hold up live events of the same lane', async () => {
    await using database = await createWorkerDatabase(1);
    await using desk = await startDesk(database);
    // A tenth of them take their time: the replay lasts for some seconds.
    const behind = names(2, 5000).map((name, at) => ({ key: 'a', name, ...(at % 10 === 0 && { metadata: { fault: 'slow' } }) }));
    await database.append([{ key: 'a', name: 'e1', metadata: poison }, ...behind]);
    await using _worker = await startWorkerProcess(database.url, patient);
    await drained(database, 5000, 30_000);
    await restingLetters(database, 1);
    await jobDone(database, (await desk.ask({ action: 'fix', selection: { all: true }, fix: unpoison })).body['job']);
    const { body } = await desk.ask({ action: 'replay', selection: { all: true } });
    const counts = async () => {
      const [row] = await database.rows<{ replayed: number; live: number }>(`
        select count(*) filter (where object_id = 'a')::int as replayed, count(*) filter (where object_id = 'live')::int as live
        from timeline_entries`);
      return row!;
    };
    await eventually(counts, ({ replayed }) => replayed > 0);
    await database.append(names(1, 20).map((name) => ({ key: 'live', name })));
    const seen = await eventually(counts, ({ live }) => live === 20);
    expect(seen.replayed).toBeLessThan(5000);
    expect(await eventually(() => jobDone(database, body['job']), Boolean, 30_000)).toEqual([{ outcome: 'replayed', events: '5000' }]);
    await expectSound(database, 5020);
  }, 180_000);
});

describe('a dead letter that is discarded', () => {
  test('is counted, on record with who and why, and lets what waits behind it go on; asked for again nothing more goes', async () => {
    await using database = await createWorkerDatabase();
    await using desk = await startDesk(database);
    await database.append([
      { key: 's', name: 'e1', sequence: 1 },
      { key: 's', name: 'bad', sequence: 2, metadata: poison },
      { key: 's', name: 'e3', sequence: 3 },
      { key: 's', name: 'bad', sequence: 4, metadata: poison },
    ]);
    await using _worker = await startWorkerProcess(database.url, patient);
    await drained(database, 4);
    await restingLetters(database, 1);
    const dry = await desk.ops('dead-letters', 'discard', '--object', 's', '--dry-run');
    expect(dry).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('bad') });
    expect(await desk.ops('dead-letters', 'discard', '--object', 's')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('--why'),
    });
    const place = /timelines\/1\/\d+\/\d+/.exec(dry.stdout)![0];
    const discarded = await desk.ops('dead-letters', 'discard', place, '--why', 'its order was cancelled', '--by', 'bob');
    expect(discarded).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('discarded (1 event)') });
    await eventually(
      () => entries(database, 's'),
      (seen) => seen.length === 2,
    );
    // The next one of the key is a dead letter of its own now: the same request does not take it.
    await restingLetters(database, 1);
    const again = await desk.ops('dead-letters', 'discard', place, '--why', 'asked twice');
    expect(again).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('No dead letter is selected') });
    expect(await letters(database)).toHaveLength(1);
    expect(await entries(database, 's')).toEqual(['e1', 'e3']);
    expect((await books(database))['timelines']).toMatchObject({ applied: 2, discarded: 1, parked: 1, drop: 0 });
    expect(await totals(database)).toEqual({ replayed: 0, discarded: 1, failed_again: 0 });
    expect(
      await database.rows(`
        select action, outcome, requested_by, why, object_id, reason_code, attempts, events::int, body_sha256 = (
          select sha256(convert_to(body, 'UTF8')) from log where log.lane = a.lane and log.position = a.position
        ) as is_its_body
        from recovery_audit a`),
    ).toEqual([
      {
        action: 'discard',
        outcome: 'discarded',
        requested_by: 'bob',
        why: 'its order was cancelled',
        object_id: 's',
        reason_code: 'handler_threw',
        attempts: 3,
        events: 1,
        is_its_body: true,
      },
    ]);
  });
});

describe('many dead letters', () => {
  test('are begun no faster than the rate of their job', async () => {
    await using database = await createWorkerDatabase();
    await using desk = await startDesk(database);
    await database.append(Array.from({ length: 6 }, (_, index) => ({ key: `k${index}`, metadata: poison })));
    await using _worker = await startWorkerProcess(database.url, patient);
    await restingLetters(database, 6);
    const { body } = await desk.ask({ action: 'discard', selection: { reason: 'handler_threw' }, rate_per_second: 5 });
    await jobDone(database, body['job']);
    const [took] = await database.rows<{ seconds: number; early: number }>(`
      select extract(epoch from max(done_at) - min(j.requested_at))::float as seconds, count(*) filter (where done_at < due_at)::int as early
      from recovery_commands join recovery_jobs j using (job)`);
    expect(took!.early).toBe(0);
    expect(took!.seconds).toBeGreaterThanOrEqual(1);
    expect((await books(database))['timelines']).toMatchObject({ discarded: 6, parked: 0 });
  });
});

describe('a dead letter of table events', () => {
  test('is mended in its projection, and its body stays as it came', async () => {
    await using database = await createWorkerDatabase(1);
    await using desk = await startDesk(database);
    const bad = '{"system_name":"shop","object_id":"k","event_name":"bad","metadata":{"text":"\\u0000","n":1.10}}';
    await database.append([{ name: 'bad', body: bad }, { name: 'good' }]);
    await using _worker = await startWorkerProcess(database.url, patient);
    await eventually(
      () => database.rows(`select from dead_letters where processor = 'events'`),
      (seen) => seen.length === 1,
    );
    const chosen = ['--processor', 'events'];
    expect(await desk.ops('dead-letters', 'replay', ...chosen, '--dry-run')).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('would fail: data_refused'),
    });
    const rules = await desk.rules([{ op: 'replace', path: '/metadata/text', value: 'mended' }]);
    expect(await desk.ops('dead-letters', 'fix', ...chosen, '--rules', rules, '--dry-run')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('would be applied; fix: changed replace /metadata/text (string to string)'),
    });
    expect(await desk.ops('dead-letters', 'replay', ...chosen, '--why', 'as it is')).toMatchObject({ exitCode: 1 });
    const mended = await desk.ops('dead-letters', 'fix', ...chosen, '--rules', rules, '--replay', '--why', 'mended by hand');
    expect(mended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('1 replayed (1 event)') });
    expect(await database.rows(`select body, metadata::text as metadata from events where event_name = 'bad'`)).toEqual([
      { body: bad, metadata: '{"n": 1.10, "text": "mended"}' },
    ]);
    expect((await books(database))['events']).toMatchObject({ applied: 2, parked: 0, drop: 0 });
    expect(await totals(database, 'events')).toEqual({ replayed: 1, discarded: 0, failed_again: 1 });
  });
});

describe('a command that nobody closed', () => {
  test('is closed by the elected worker: a replay whose key left the park under a worker of the version before', async () => {
    await using database = await createWorkerDatabase(1);
    await database.append([{ key: 'a' }]);
    await database.rows(`
      with job as (
        insert into recovery_jobs (action, selection, rate_per_second, requested_by, why, request_id)
        values ('replay', '{}', 20, 'test', 'a test', gen_random_uuid()) returning job
      )
      insert into recovery_commands (job, action, processor, version, lane, position, event_id, tenant, system_name, object_id, due_at, started_at)
      select job, 'replay', 'timelines', 1, 0, 1, 1, 'default', 'shop', 'a', now(), now() from job`);
    await using _worker = await startWorkerProcess(database.url, patient);
    await eventually(
      () => database.rows<{ outcome: string | null }>('select outcome from recovery_commands'),
      ([seen]) => seen!.outcome === 'replayed',
    );
    expect(await database.rows('select outcome, requested_by from recovery_audit')).toEqual([
      { outcome: 'replayed', requested_by: 'test' },
    ]);
  });
});
