// What the query API answers on imports.
import { Type } from 'typebox';
import { importBrakes, importFormats, importStates } from '../../contract/imports.ts';
import { count, nextCursor, nullable, strict, time } from './words.ts';

const state = Type.Enum([...importStates]);
const name = Type.String();
const nextLine = count('Every line before it is settled: what is to be sent next.');

export const standingImportAnswer = strict({
  name,
  state,
  next_line: nextLine,
  lines: count(),
  known: Type.Optional(Type.Boolean({ description: 'It was opened before, with the same file: go on at next_line.' })),
});

export const settledLinesAnswer = strict({
  state,
  next_line: nextLine,
  appended: count('By this request.'),
  duplicates: count('Events that there were already, with the same id and body.'),
  refused: count('GET /imports/{name}/refused has the reasons.'),
  rate_per_second: count('Lines a second that it may go now; 0: it waits for live traffic.'),
  brake: nullable(Type.Enum([...importBrakes], { description: 'What holds it below its top rate.' })),
});

const listed = {
  import: count(),
  name,
  format: Type.Enum([...importFormats]),
  state,
  lines: count(),
  next_line: nextLine,
  appended: count(),
  duplicates: count(),
  refused: count(),
  bytes: count(),
  sha256: Type.String(),
  rate_per_second: Type.Number({ description: 'The most that operators allow.' }),
  requested_by: Type.String(),
  why: Type.String(),
  requested_at: time(),
  moved_at: time(),
  ended_at: nullable(time()),
};

export const importsAnswer = strict({ imports: Type.Array(strict(listed), { description: 'Newest first.' }), next_cursor: nextCursor });

export const importAnswer = strict({
  ...listed,
  mapping: Type.Unsafe<unknown>({ type: ['object', 'null'] }),
  header: Type.Unsafe<unknown>({ type: ['array', 'null'] }),
  audit: Type.Array(
    strict({
      at: time(),
      action: Type.String(),
      requested_by: Type.String({ description: '`faultline`: it ended, or paused, by itself.' }),
      key_id: nullable(Type.String({ description: 'Of the API key with which it was asked for.' })),
      why: Type.String(),
      next_line: count(),
    }),
    { description: 'Who did what, when and why; the last 100.' },
  ),
});

export const refusedLinesAnswer = strict({
  refused: Type.Array(
    strict({
      line: count(),
      code: Type.String(),
      place: nullable(Type.String({ description: 'A field of the event, or a column of the file.' })),
      reason: Type.String(),
    }),
  ),
  next_cursor: nextCursor,
});
