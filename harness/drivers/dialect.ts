// How an event is put to the system under test, and what its answer means. That of the contract is built in; a target file may bring one of its own, which
// the driver's process loads by itself, for a function can't be sent to it.
import { pathToFileURL } from 'node:url';
import { explain } from '../engine/errors.ts';
import type { PlannedOperation } from '../traffic/planned-operation.ts';

/** What is sent for a delivery. The same event must give the same request each time: a second delivery is the same request again. */
export type OutgoingRequest = {
  /** Left out: the one that the target gives for events. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
};

/** One event, in fields and as JSON of the contract. */
export type OutgoingEvent = Pick<PlannedOperation, 'systemName' | 'objectId' | 'eventName' | 'idempotencyKey' | 'sequence'> & {
  readonly json: string;
};

export type AnswerMeaning = {
  /** The id that the system gave the event; null: it says none. */
  readonly id: number | null;
  /** Whether it says that the event was there before; null: it doesn't say. */
  readonly duplicate: boolean | null;
  /** Its stable code for a refusal; null: none. */
  readonly code: string | null;
};

export type Dialect = {
  request?(event: OutgoingEvent): OutgoingRequest;
  answer?(answer: { readonly status: number; readonly body: string }): AnswerMeaning;
};

export type DeliveryRequest = { readonly path: string; readonly headers: string[]; readonly body: Buffer };

const json = ['content-type', 'application/json'];

/** The request of one delivery, whose body in the contract is given. */
export const requestOf = (dialect: Dialect, planned: PlannedOperation, body: Buffer, path: string): DeliveryRequest => {
  if (dialect.request === undefined) return { path, headers: [...json], body };
  const { systemName, objectId, eventName, idempotencyKey, sequence } = planned;
  const made = dialect.request({ systemName, objectId, eventName, idempotencyKey, sequence, json: body.toString('utf8') });
  const headers = made.headers === undefined ? [...json] : Object.entries(made.headers).flat();
  return { path: made.path ?? path, headers, body: Buffer.from(made.body) };
};

export const meaningOf = (dialect: Dialect, status: number, body: string): AnswerMeaning =>
  dialect.answer === undefined ? readContract(body) : dialect.answer({ status, body });

/** The code of an answer that the target's own code could not read. */
export const unreadableCode = 'client_answer_unreadable';

/**
 * How answers are read, with what the target's own code throws at one, or gives back instead of an object, told and taken for an answer that says nothing:
 * an operation always comes to an end.
 */
export const guardAnswers = (dialect: Dialect, onUnreadable: (message: string) => void): Pick<Dialect, 'answer'> => {
  if (dialect.answer === undefined) return {};
  const read = (answer: Parameters<NonNullable<Dialect['answer']>>[0]): AnswerMeaning => {
    const meaning: unknown = dialect.answer?.(answer);
    if (typeof meaning === 'object' && meaning !== null && !(meaning instanceof Promise)) return meaning as AnswerMeaning;
    throw new Error(`it must give back { id, duplicate, code }, not ${meaning instanceof Promise ? 'a promise' : String(meaning)}`);
  };
  return {
    answer: (answer) => {
      try {
        return read(answer);
      } catch (error) {
        onUnreadable(
          `send.answer of the target file could not read an answer (status ${answer.status}): ${explain(error)}; each such operation has the code ${unreadableCode}`,
        );
        return { id: null, duplicate: null, code: unreadableCode };
      }
    },
  };
};

/** An answer that is no JSON has neither id nor code; the checkers make of that what they must. */
const readContract = (text: string): AnswerMeaning => {
  const body = parse(text) as { id?: unknown; duplicate?: unknown; error?: { code?: unknown } } | null;
  const code = body?.error?.code;
  return {
    id: typeof body?.id === 'number' ? body.id : null,
    duplicate: typeof body?.duplicate === 'boolean' ? body.duplicate : null,
    code: typeof code === 'string' ? code : null,
  };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** `send` of the target file's default export; null: that of the contract. */
export const loadDialect = async (targetFile: string | null): Promise<Dialect> => {
  if (targetFile === null) return {};
  const { default: target } = (await import(pathToFileURL(targetFile).href)) as { readonly default?: { readonly send?: Dialect } };
  return target?.send ?? {};
};
