// Asks one runtime one question and gives back whatever it answered, refusals too: they are part of what must be the same.
import { request } from 'undici';
import { explain } from '../engine/errors.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import { backendOf, type Question } from './question.ts';

/** `status` 0: no answer; `body` then says why. JSON where it is JSON, text where it is not. */
export type Answer = { readonly status: number; readonly body: unknown; readonly milliseconds: number };

const timeoutMs = 60_000;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

export const askQuestion = async (stack: Pick<RunningStack, 'endpoints' | 'access'>, question: Question): Promise<Answer> => {
  const backend = backendOf(question.kind);
  const beganAt = performance.now();
  const taken = () => performance.now() - beganAt;
  try {
    const query = new URLSearchParams(question.parameters).toString();
    const { statusCode, body } = await request(`${stack.endpoints[backend]}${question.path}${query === '' ? '' : `?${query}`}`, {
      headers: { accept: 'application/json', ...stack.access[backend] },
      signal: AbortSignal.timeout(timeoutMs),
      // A connection that rested for seconds may be closed by the other end just as it is used again: no answer, of no meaning.
      reset: true,
    });
    const text = await body.text();
    return { status: statusCode, body: parsed(text), milliseconds: taken() };
  } catch (error) {
    return { status: 0, body: explain(error), milliseconds: taken() };
  }
};
