// The fields that a query can name: attributes with their scope, and intrinsics under the one name that Tempo answers with.
import { unquote } from '../../quoted-text.ts';
import type { Attribute, FieldScope } from './query.ts';

const scopes = new Set<string>(['span', 'resource', 'event', 'link', 'instrumentation']);

const synonyms: Readonly<Record<string, string>> = {
  'span:name': 'name',
  'span:kind': 'kind',
  'span:status': 'status',
  'span:statusMessage': 'statusMessage',
  'span:duration': 'duration',
  'trace:duration': 'traceDuration',
  'trace:rootName': 'rootName',
  'trace:rootService': 'rootServiceName',
};

/** Parts in quotes stand for themselves. */
const plainName = (name: string): string => name.replaceAll(/"(?:[^"\\]|\\.)*"/g, (part) => unquote(part));

/** Throws an Error that says what is wrong. */
export const readAttributeName = (text: string): Attribute => {
  const [, scope = '', name = ''] = /^([A-Za-z]*)\.(.+)$/s.exec(text) ?? [];
  if (scope === 'parent') throw new Error('parent not yet supported');
  if (name === '' || (scope !== '' && !scopes.has(scope))) throw new Error(`${text} is no attribute`);
  return { kind: 'attribute', scope: scope === '' ? 'any' : (scope as FieldScope), name: plainName(name) };
};

export const readIntrinsicName = (text: string): Attribute => {
  if (text === 'parent') throw new Error('intrinsic (parent) not yet supported');
  return { kind: 'attribute', scope: 'intrinsic', name: synonyms[text] ?? text };
};
