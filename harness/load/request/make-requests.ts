// Makes the n-th request of a source. The same number always gives the same bytes, in whichever process it is made.
import { createKeyPicker } from '../../traffic/keys.ts';
import { createRandom, type Random } from '../../traffic/random.ts';
import type { RequestSource } from './request-source.ts';
import { type Filling, readTemplate, type Template } from './template.ts';

export type MadeRequest = { readonly path: string; readonly headers: string[]; readonly body: Buffer | null };
export type RequestMaker = (number: number, dueAt: number) => MadeRequest;

/** `seed` and `firstNumber`: numbers of the requests of an earlier run with the same seed are not used again. */
export const createRequestMaker = (source: RequestSource, seed: number, firstNumber = 0): RequestMaker => {
  const path = compiled(source.path);
  const headers = source.headers.map(([name, value]) => [name, compiled(value)] as const);
  const body = source.body === null ? null : compiled(source.body);
  const fillingOf = createFillings(source, seed);
  const one = (number: number, dueAt: number): MadeRequest => {
    const filling = fillingOf(number, dueAt);
    return {
      path: path.fill(filling),
      headers: headers.flatMap(([name, value]) => [name, value.fill(filling)]),
      body: body === null ? null : Buffer.from(bodyText(body, source, filling, fillingOf)),
    };
  };
  const isFixed =
    source.batch === null && [path, ...headers.map(([, value]) => value), ...(body === null ? [] : [body])].every((part) => part.isFixed);
  if (!isFixed) return (number, dueAt) => one(firstNumber + number, dueAt);
  const only = one(0, 0);
  return () => only;
};

/** In a batch each item has a number of its own, which path and headers do not see. */
const bodyText = (
  body: Template,
  { batch }: RequestSource,
  filling: Filling,
  fillingOf: (number: number, dueAt: number) => Filling,
): string => {
  if (batch === null) return body.fill(filling);
  const { items, as } = batch;
  const texts = Array.from({ length: items }, (_, item) => body.fill(fillingOf(filling.number * items + item, filling.dueAt)));
  return as === 'json' ? `[${texts.join(',')}]` : texts.map((text) => `${text}\n`).join('');
};

const createFillings = ({ keys }: RequestSource, seed: number): ((number: number, dueAt: number) => Filling) => {
  let random: Random | null = null;
  let current = -1;
  const ownRandom = (): Random => (random ??= createRandom(seed, `load/request/${current}`));
  // Keys are drawn with the randomness of the request that asks, so that they do not depend on how many were made before.
  const drawn: Random = {
    int: (from, to) => ownRandom().int(from, to),
    unit: () => ownRandom().unit(),
    chance: (share) => ownRandom().chance(share),
    pick: (items) => ownRandom().pick(items),
  };
  const pickKey = createKeyPicker(keys, drawn);
  return (number, dueAt) => {
    current = number;
    random = null;
    return { number, seed, dueAt, random: drawn, key: () => pickKey().objectId };
  };
};

const compiled = (text: string): Template => {
  const { template, problems } = readTemplate(text);
  if (template === null) throw new Error(`a template that was not validated: ${problems.join(' ')}`);
  return template;
};
