// The catalogue of poison: what each kind looks like on the wire, form by form, and what answer it must get.
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
    case 'unknown-version':
      return refused(400, 'unknown_schema');
    case 'handler-throws':
    case 'handler-hangs':
    case 'unlike-schema':
    case null:
      return accepted;
  }
};

/** Poison that the door lets in, and the reason that it is a dead letter for. */
export const deadLetterReasons = {
  'handler-throws': 'handler_threw',
  'handler-hangs': 'handler_timeout',
  'unlike-schema': 'schema_invalid',
} as const satisfies Partial<Record<PoisonKind, string>>;

export type ParkedPoison = keyof typeof deadLetterReasons;
export const isParkedPoison = (poison: PoisonKind | null): poison is ParkedPoison => poison !== null && poison in deadLetterReasons;

type HandlerPoison = Exclude<ParkedPoison, 'unlike-schema'>;

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
    case 'unlike-schema':
      return Buffer.from(JSON.stringify({ ...good, metadata: inTurn(unlikeForms, variant)(good['metadata'] as Fields) }));
    case 'unknown-version':
      return Buffer.from(JSON.stringify({ ...good, schema_version: 9 }));
    case 'handler-throws':
    case 'handler-hangs':
      return Buffer.from(
        JSON.stringify({ ...good, metadata: { ...(good['metadata'] as Fields), poison: handlerInstruction(poison, variant) } }),
      );
  }
};

/** Each with what a reader calls it. */
type Forms<Make> = readonly (readonly [name: string, make: Make])[];

const inTurn = <Make>(forms: Forms<Make>, variant: number): Make => (forms[variant % forms.length] as Forms<Make>[number])[1];

const brokenForms: Forms<(text: string) => Buffer> = [
  ['cut off', (text) => Buffer.from(text.slice(0, -7))],
  ['a comma too many', (text) => Buffer.from(`${text.slice(0, -1)},}`)],
  ['single quotes', (text) => Buffer.from(text.replaceAll('"', "'"))],
  ['two values', (text) => Buffer.from(`${text}${text}`)],
  ['a name without quotes', (text) => Buffer.from(text.replace('"system_name"', 'system_name'))],
  [
    'bytes that are no UTF-8',
    (text) => Buffer.concat([Buffer.from(text.slice(0, 8)), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from(text.slice(8))]),
  ],
  ['no JSON at all', () => Buffer.from('not json at all')],
];

const without = (fields: Fields, name: string): Fields => Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));

const wrongForms: Forms<(good: Fields) => Fields> = [
  ['system_name is a number', (good) => ({ ...good, system_name: 42 })],
  ['object_id is null', (good) => ({ ...good, object_id: null })],
  ['event_name is empty', (good) => ({ ...good, event_name: '' })],
  ['event_time is a number', (good) => ({ ...good, event_time: 1_767_225_600 })],
  ['metadata is a string', (good) => ({ ...good, metadata: 'a string' })],
  ['metadata is null', (good) => ({ ...good, metadata: null })],
  ['id is a number', (good) => ({ ...good, id: 7 })],
  ['sequence is a string', (good) => ({ ...good, sequence: 'first' })],
  ['sequence is no whole number', (good) => ({ ...good, sequence: 1.5 })],
  ['a field that there is not', (good) => ({ ...good, colour: 'unknown field' })],
  ['no system_name', (good) => without(good, 'system_name')],
  ['no object_id', (good) => without(good, 'object_id')],
  ['no event_name', (good) => without(good, 'event_name')],
  ['no event_time', (good) => without(good, 'event_time')],
  ['no metadata', (good) => without(good, 'metadata')],
  ['object_id is a list', (good) => ({ ...good, object_id: ['a', 'list'] })],
];

const unlikeForms: Forms<(metadata: Fields) => Fields> = [
  ['a number is a text', (metadata) => ({ ...metadata, weight_kg: 'heavy' })],
  ['a member is missing', (metadata) => without(metadata, 'customer')],
  ['a member that there is not', (metadata) => ({ ...metadata, colour: 'red' })],
  ['a member of a member is wrong', (metadata) => ({ ...metadata, amount: { cents: 1.5, currency: 'EUR' } })],
];

const depth = 5000;
const deepForm = 2;

/** Written by hand: JSON.stringify would repair none of this, but it also can't nest this deep. */
const hostileForms: Forms<(good: Fields) => string> = [
  ['a NUL', (good) => withNote(good, '"before\\u0000after"')],
  ['a lone surrogate', (good) => withNote(good, '"a lone half \\ud83d of a pair"')],
  ['nested 5,000 deep', (good) => withNote(good, `${'['.repeat(depth)}${']'.repeat(depth)}`)],
];

const withNote = (good: Fields, note: string): string =>
  JSON.stringify({ ...good, metadata: { note: 'NOTE' } }).replace('"NOTE"', () => note);

const namesOf = (forms: Forms<unknown>): readonly string[] => forms.map(([name]) => name);

/** What each kind is, and the forms that it has in turn. */
export const poisonCatalogue: Readonly<Record<PoisonKind, { readonly means: string; readonly forms: readonly string[] }>> = {
  'broken-json': { means: 'A body that is no JSON.', forms: namesOf(brokenForms) },
  'wrong-types': { means: 'JSON that the schema refuses.', forms: namesOf(wrongForms) },
  oversized: { means: `A body of ${oversizedBytes} bytes; at most ${oversizedLimit} in a plan.`, forms: ['over the limit of 1 MiB'] },
  'hostile-text': { means: 'JSON that no store could give back as it was.', forms: namesOf(hostileForms) },
  'handler-throws': { means: 'A good event on which user code throws.', forms: ['throws'] },
  'handler-hangs': { means: 'A good event on which user code never comes back.', forms: ['never settles', 'loops without yielding'] },
  'unlike-schema': {
    means: 'An event that does not fit the schema of the version that it says; parked by policy.',
    forms: namesOf(unlikeForms),
  },
  'unknown-version': { means: 'An event of a version that is not registered; refused by policy.', forms: ['version 9'] },
};
