import { expect, test } from 'vitest';
import type { SettledLines } from '../../../contract/imports.ts';
import type { Api, Content } from '../api.ts';
import { sendFile, type Sending } from './send-file.ts';
import { surveyFile } from './survey-file.ts';

const event = (n: number) =>
  `{"system_name":"shop","object_id":"o${n}","event_name":"paid","event_time":"2020-01-02T03:04:05Z","metadata":{}}\n`;
const text = Array.from({ length: 10 }, (_, at) => event(at + 1)).join('');
const settled = { state: 'running', appended: 0, duplicates: 0, refused: 0, rate_per_second: 10, brake: null } as const;

/** Sends ten lines to a server that answers these, one after the other, the last one for ever; each after so many refusals for the quota. */
const send = async (answers: readonly Partial<SettledLines>[], refusals = 0) => {
  const asked: unknown[] = [];
  const slept: number[] = [];
  let said = '';
  const api = {
    send: (_path: string, { from }: { from: number }, { onQuota }: Content) => {
      asked.push(from);
      for (let refusal = 0; refusal < refusals; refusal += 1) onQuota?.();
      if (asked.length > 100) throw new Error('it goes on for ever');
      return Promise.resolve({ ...settled, next_line: 1, ...answers[Math.min(asked.length, answers.length) - 1] });
    },
  } as unknown as Api;
  const source = {
    name: 'f',
    pieces: async function* () {
      yield Buffer.from(text);
    },
    [Symbol.asyncDispose]: async () => {},
  };
  const options = { format: 'ndjson', mapping: null, nowMs: () => 0 } as const;
  const survey = await surveyFile(source, options);
  const surroundings = {
    err: (words: string) => void (said += words),
    sleep: async (delayMs: number) => void slept.push(delayMs),
    clock: { nowMs: () => 0 },
  };
  const sent = await sendFile({ api, name: 'f', source, survey, options, surroundings } as unknown as Sending, 1);
  return { sent, asked, slept, said };
};

test('goes on from where each answer says that it stands', async () => {
  const { sent, asked, slept } = await send([{ next_line: 4 }, { next_line: 11, state: 'done' }]);
  expect([sent, asked, slept]).toEqual([{ state: 'done', nextLine: 11 }, [1, 4], []]);
});

test('what is held back is waited for, however long that is', async () => {
  const held = Array.from({ length: 50 }, () => ({ next_line: 1, brake: 'lag' }) as const);
  const { asked, slept } = await send([...held, { next_line: 11, state: 'done' }]);
  expect([asked.length, slept.length]).toEqual([51, 50]);
});

test('whoever waits for the quota is told so, once for all the refusals in a row', async () => {
  const { said } = await send([{ next_line: 4 }, { next_line: 11, state: 'done' }], 30);
  expect(said.match(/^waits: the quota of the tenant/gm)).toHaveLength(2);
});

test('an import that does not move, and says no reason, is given up', async () => {
  await expect(send([{ next_line: 1 }])).rejects.toThrow("Import 'f' stands at line 1 after 20 requests");
});

test('an import that stands before what was to come next is told, and not sent the same again', async () => {
  await expect(send([{ next_line: 6 }, { next_line: 3 }])).rejects.toThrow('stands at line 3, before line 6');
});
