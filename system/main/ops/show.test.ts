import { describe, expect, test } from 'vitest';
import type { Api } from './api.ts';
import { listLetters, listParkedKeys, showLetter } from './show.ts';

const nothing = { get: async () => ({ dead_letters: [], parked_keys: [], next_cursor: null }) } as unknown as Api;
const said = async (list: typeof listLetters, options: Parameters<typeof listLetters>[1]) => {
  let words = '';
  await list(nothing, options, false, { out: (text) => void (words += text) });
  return words;
};

test('where nothing is found, the filters that it was looked for with are said', async () => {
  expect(await said(listLetters, { limit: 50 })).toBe('No dead letters.\n');
  expect(await said(listLetters, { limit: 50, processor: 'basket', reason: 'handler_threw' })).toBe(
    "No dead letters with processor 'basket' and reason 'handler_threw'.\n",
  );
  expect(await said(listParkedKeys as typeof listLetters, { limit: 50, system: 'shop' })).toBe("No parked keys with system_name 'shop'.\n");
});

describe('one dead letter', () => {
  const body =
    '{"metadata":{"total":1.10,"account":9007199254740993,"big":1e400,"a":1,"a":2,\n\t"family":"\u{1F469}\u200D\u{1F467}","off":"\u202E"},"2":0,"1":0}';
  const answer = `{"processor":"basket","version":1,"lane":0,"position":7,"id":7,"system_name":"shop","object_id":"o","event_name":"placed","sequence":null,"reason":{"code":"handler_threw","message":"no","error_type":null},"attempts":1,"earlier_attempts":0,"is_fixed":true,"body":${body},"state":"dead_letter","fixed_at":"then","fixed_by":"me","fixed_body":{"total":1.0}}`;
  const api = { get: async () => JSON.parse(answer) as unknown, text: async () => answer } as unknown as Api;
  const printed = async (json: boolean): Promise<string> => {
    let words = '';
    const place = { processor: 'basket', version: 1, lane: 0, position: 7 };
    expect(await showLetter(api, place, json, { out: (text) => void (words += text) })).toBe(0);
    return words;
  };

  test('is printed with its body as it came, in one line and with nothing that a terminal obeys', async () => {
    const words = await printed(false);
    expect(words).toContain(
      String.raw`body            {"metadata":{"total":1.10,"account":9007199254740993,"big":1e400,"a":1,"a":2, "family":"${'\u{1F469}'}\u200d${'\u{1F467}'}","off":"\u202e"},"2":0,"1":0}`,
    );
    expect(words).toContain('fixed body      {"total":1.0}\n');
  });

  test('is answered with --json as the query process answered', async () => {
    expect(await printed(true)).toBe(`${answer}\n`);
  });
});
