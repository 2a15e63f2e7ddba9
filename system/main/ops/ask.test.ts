import { expect, test } from 'vitest';
import type { AcceptedJob, Command, Job } from './answers.ts';
import type { Api } from './api.ts';
import { askFor, type Asking } from './ask.ts';
import { OpsError } from './ops-error.ts';

const command = (given: Partial<Command>): Command => ({
  command: 1,
  processor: 'timelines',
  version: 1,
  lane: 0,
  position: 1,
  event_id: 1,
  system_name: 'shop',
  object_id: 'a',
  outcome: 'fixed',
  events: 1,
  result: { changed: 1, unchanged: 0, refused: 0 },
  ...given,
});

const accepted: AcceptedJob = { job: 7, known: false, commands: 1, already_asked: 0 };
const page = (given: Partial<Job>): Job => ({
  job: 7,
  action: 'fix',
  requested_by: 'ann',
  why: 'w',
  requested_at: '2026-01-01T00:00:00Z',
  open: 0,
  outcomes: { fixed: 1 },
  events: 1,
  commands: [command({})],
  next_cursor: null,
  ...given,
});

type Answers = { readonly post?: (action: string) => AcceptedJob; readonly get?: (cursor: unknown) => Job };

const ask = async ({ post = () => accepted, get = () => page({}) }: Answers, options: Partial<Asking['options']> = {}) => {
  const actions: string[] = [];
  let told = '';
  const api = {
    get: async (_path: string, parameters: { cursor?: string }) => get(parameters.cursor),
    post: async (_path: string, { action }: { action: string }) => {
      actions.push(action);
      return post(action);
    },
  } as unknown as Api;
  const surroundings = {
    out: () => {},
    err: (text: string) => void (told += text),
    user: 'ann',
    readFile: async () => '[]',
    clock: { nowMs: () => 0 },
    sleep: async () => {},
    randomId: () => 'id',
  } as unknown as Asking['surroundings'];
  const given = { wait: 0, why: 'w', rules: 'rules.json', ...options };
  const exitCode = await askFor({ api, json: false, action: 'fix', selection: { all: true }, options: given, surroundings });
  return { exitCode, actions, told };
};

test('what waits for an earlier job is not done, and is not replayed', async () => {
  const shared = { ...accepted, already_asked: 1 };
  expect(await ask({ post: () => shared }, { replay: true })).toMatchObject({
    exitCode: 2,
    actions: ['fix'],
    told: expect.stringContaining('Nothing is replayed'),
  });
});

test('what is fixed is replayed', async () => {
  expect(await ask({}, { replay: true })).toMatchObject({ exitCode: 0, actions: ['fix', 'replay'] });
});

test('a dead letter behind the first thousand that was refused its fix is seen', async () => {
  const refused = command({ command: 2, result: { changed: 0, unchanged: 0, refused: 1 } });
  const get = (cursor: unknown) => (cursor === undefined ? page({ next_cursor: 'next' }) : page({ commands: [refused] }));
  expect(await ask({ get })).toMatchObject({ exitCode: 1 });
});

test('a job that can not be looked at any more is named, and is not said to be nothing', async () => {
  const get = () => {
    throw new OpsError('The query process does not answer.');
  };
  expect(await ask({ get })).toMatchObject({ exitCode: 2, told: expect.stringContaining('job 7 was asked for, and goes on') });
});

test('a replay that is refused after its fix does not make nothing of the fix', async () => {
  const post = (action: string) => {
    if (action === 'replay') throw new OpsError('No dead letter is selected.');
    return accepted;
  };
  expect(await ask({ post }, { replay: true })).toMatchObject({
    exitCode: 2,
    told: expect.stringContaining('No dead letter is selected.'),
  });
});

test('a replay whose answer did not come after its fix is not said to be none', async () => {
  const message = 'The query process does not answer. It may have been asked for all the same: look before you ask again.';
  const post = (action: string) => {
    if (action === 'replay') throw new OpsError(message, { mayBeAsked: true });
    return accepted;
  };
  const { exitCode, told } = await ask({ post }, { replay: true });
  expect(exitCode).toBe(2);
  expect(told).toContain(`The fix was carried out; whether its replay was asked for can't be said. ${message}`);
  expect(told).not.toContain('its replay was not');
});
