import { expect, test } from 'vitest';
import { OpsError } from './ops-error.ts';
import { createProgram } from './program.ts';

const files: Readonly<Record<string, string>> = {
  'rules.json': '{',
  'long.json': '[{"op": "replace", "path": "/metadata/total", "value": 9007199254740993}]',
  'schema.json': '{"schema": {"properties": {"total": {"maximum": 1e400}}}}',
};

/** Nobody answers there: what is refused is refused before anything is asked. */
const run = async (...parameters: readonly string[]) => {
  const said: string[] = [];
  const surroundings = {
    out: (text: string) => void said.push(text),
    err: (text: string) => void said.push(text),
    user: 'ann',
    apiKey: null,
    databaseUrl: null,
    readFile: (path: string) => (path in files ? Promise.resolve(files[path]!) : Promise.reject(new Error('no such file'))),
    stdin: process.stdin,
    clock: { nowMs: () => 0 },
    sleep: () => Promise.reject(new Error('nothing to wait for')),
    openFile: (path: string) => Promise.reject(new OpsError(`${path} is a folder`)),
    randomId: () => '00000000-0000-0000-0000-000000000000',
  };
  const program = createProgram(surroundings, () => {});
  const error: unknown = await program.parseAsync(parameters, { from: 'user' }).then(
    () => null,
    (reason: unknown) => reason,
  );
  return { said: said.join(''), error };
};

test.each([
  [['dead-letters', 'lst'], 'Did you mean list?'],
  [['dead-letters', 'show'], "missing required argument 'place'"],
  [['dead-letters', 'show', 'timelines'], 'such as timelines/1/3/17'],
  [['dead-letters', 'list', '--limit', '0'], 'from 1 to 1000'],
  [['dead-letters', 'replay', '--all', '--rate', '0'], 'above 0'],
  [['dead-letters', 'replay', '--al'], 'Did you mean --all?'],
  [['parked-keys', 'show', 'timelines', 'shop', 'order-1'], 'such as timelines/1'],
  [['jobs', 'show', 'x'], 'Give a whole number'],
  [['--url', 'localhost', 'audit', 'list'], 'such as http://127.0.0.1:4001'],
])('%j says what is wrong and what to do', async (parameters, words) => {
  expect((await run(...parameters)).said).toContain(words);
});

test.each([
  [['dead-letters', 'replay', '--why', 'mended'], 'or --all'],
  [['dead-letters', 'replay', '--all'], '--why'],
  [['dead-letters', 'discard', 'timelines/1/3/17'], '--why'],
  [['parked-keys', 'replay', 'timelines/1', 'shop', 'order-1'], '--why'],
  [['dead-letters', 'fix', '--all', '--why', 'x'], '--rules <file>, or --undo'],
  [['dead-letters', 'fix', '--all', '--why', 'x', '--rules', 'a', '--undo'], '--rules <file>, or --undo'],
  [['dead-letters', 'fix', '--all', '--undo', '--dry-run'], 'no dry run'],
  [['dead-letters', 'fix', '--all', '--why', 'x', '--rules', 'gone.json'], 'no such file'],
  [['dead-letters', 'fix', '--all', '--why', 'x', '--rules', 'rules.json'], 'rules.json is not JSON'],
  [
    ['dead-letters', 'fix', '--all', '--why', 'x', '--rules', 'long.json'],
    'long.json holds 9007199254740993, which a double does not keep',
  ],
  [['schemas', 'register', '--why', 'x', 'schema.json'], 'schema.json holds 1e400, which a double does not keep'],
  [['export', '/events', '--out', 'exports'], 'exports is a folder'],
])('%j is refused before anything is asked for', async (parameters, words) => {
  const { error } = await run(...parameters);
  expect(error).toBeInstanceOf(OpsError);
  expect((error as OpsError).message).toContain(words);
});

test.each(
  [['--help'], ['dead-letters', '--help'], ['dead-letters', 'fix', '--help'], ['parked-keys', 'replay', '--help']].map((parameters) => [
    parameters,
  ]),
)('%j says what there is', async (parameters) => {
  expect((await run(...parameters)).said).toContain('Usage: npm run ops --');
});

test('the help of the whole tells the exit codes', async () => {
  expect((await run('--help')).said).toMatch(/Exit codes:\n {2}0 {2}done/);
});
