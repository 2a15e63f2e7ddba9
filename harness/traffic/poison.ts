// The six kinds of poison: what each looks like on the wire, and what answer it must get.
import type { PoisonKind } from '../scenario/scenario.ts';
import type { ExpectedAnswer } from './planned-operation.ts';

const accepted: ExpectedAnswer = { status: 200, code: null };
const refused = (status: number, code: string): ExpectedAnswer => ({ status, code });

export const expectedAnswer = (poison: PoisonKind | null, variant: number): ExpectedAnswer => {
  switch (poison) {
    case 'broken-json':
      return refused(400, 'invalid_json');
    case 'wrong-types':
      return refused(400, 'invalid_event');
    case 'oversized':
      return refused(413, 'payload_too_large');
    case 'hostile-text':
      return refused(400, variant % hostileForms.length === deepForm ? 'too_deep' : 'hostile_text');
    case 'handler-throws':
    case 'handler-hangs':
    case null:
      return accepted;
  }
};

export type HandlerPoison = Extract<PoisonKind, 'handler-throws' | 'handler-hangs'>;
export const isHandlerPoison = (poison: PoisonKind | null): poison is HandlerPoison =>
  poison === 'handler-throws' || poison === 'handler-hangs';

/** What the harness's faulty handler reads from the metadata. Hangs alternate: never settling, and a loop that never yields. */
export const handlerInstruction = (poison: HandlerPoison, variant: number): 'throw' | 'hang' | 'hang-sync' => {
  if (poison === 'handler-throws') return 'throw';
  return variant % 2 === 0 ? 'hang' : 'hang-sync';
};

/** Over 1 MiB, the default limit of a body. */
export const oversizedBytes = 1_100_000;
/** Most oversized bodies in one plan: they are there to be refused, not to fill the wire. */
export const oversizedLimit = 8;

type Fields = Record<string, unknown>;

/** The body of a poison of this kind, made from the fields of a good event. */
export const poisonBody = (poison: PoisonKind, variant: number, good: Fields): Buffer => {
  switch (poison) {
    case 'broken-json':
      return inTurn(brokenForms, variant)(JSON.stringify(good));
    case 'wrong-types':
      return Buffer.from(JSON.stringify(inTurn(wrongForms, variant)(good)));
    case 'oversized':
      return Buffer.from(JSON.stringify({ ...good, metadata: { filler: 'x'.repeat(oversizedBytes) } }));
    case 'hostile-text':
      return Buffer.from(inTurn(hostileForms, variant)(good));
    case 'handler-throws':
    case 'handler-hangs':
      return Buffer.from(
        JSON.stringify({ ...good, metadata: { ...(good['metadata'] as Fields), poison: handlerInstruction(poison, variant) } }),
      );
  }
};

const inTurn = <Form>(forms: readonly Form[], variant: number): Form => forms[variant % forms.length] as Form;

const brokenForms: readonly ((text: string) => Buffer)[] = [
  (text) => Buffer.from(text.slice(0, -7)),
  (text) => Buffer.from(`${text.slice(0, -1)},}`),
  (text) => Buffer.from(text.replaceAll('"', "'")),
  (text) => Buffer.from(`${text}${text}`),
  (text) => Buffer.from(text.replace('"system_name"', 'system_name')),
  (text) => Buffer.concat([Buffer.from(text.slice(0, 8)), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from(text.slice(8))]),
  () => Buffer.from('not json at all'),
];

const without = (fields: Fields, name: string): Fields => Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));

const wrongForms: readonly ((good: Fields) => Fields)[] = [
  (good) => ({ ...good, system_name: 42 }),
  (good) => ({ ...good, object_id: null }),
  (good) => ({ ...good, event_name: '' }),
  (good) => ({ ...good, event_time: 1_767_225_600 }),
  (good) => ({ ...good, metadata: 'a string' }),
  (good) => ({ ...good, metadata: null }),
  (good) => ({ ...good, id: 7 }),
  (good) => ({ ...good, sequence: 'first' }),
  (good) => ({ ...good, sequence: 1.5 }),
  (good) => ({ ...good, colour: 'unknown field' }),
  (good) => without(good, 'system_name'),
  (good) => without(good, 'object_id'),
  (good) => without(good, 'event_name'),
  (good) => without(good, 'event_time'),
  (good) => without(good, 'metadata'),
  (good) => ({ ...good, object_id: ['a', 'list'] }),
];

const depth = 5000;
const deepForm = 2;

/** Written by hand: JSON.stringify would repair none of this, but it also can't nest this deep. */
const hostileForms: readonly ((good: Fields) => string)[] = [
  (good) => withNote(good, '"before\\u0000after"'),
  (good) => withNote(good, '"a lone half \\ud83d of a pair"'),
  (good) => withNote(good, `${'['.repeat(depth)}${']'.repeat(depth)}`),
];

const withNote = (good: Fields, note: string): string =>
  JSON.stringify({ ...good, metadata: { note: 'NOTE' } }).replace('"NOTE"', () => note);
