// Names and values of tags, v1 and v2.
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Clock } from '../../../engine/clock.ts';
import { createPace, queryLimits } from './query-pace.ts';
import { spanFilter } from './tag-filter.ts';
import { tagNames, tagScopes, tagValues } from './tag-names.ts';
import type { TagRequest, TagScope, TagValue } from './tag-names.ts';
import { BadRequest, secondsWindow, textOf, unsigned } from './tempo-parameters.ts';
import type { Query } from './tempo-parameters.ts';
import type { TraceStore } from './trace-store.ts';
import { readAttributeName, readIntrinsicName } from './traceql/attribute-name.ts';
import { intrinsics } from './traceql/intrinsics.ts';
import type { Attribute } from './traceql/query.ts';

/** What an editor offers, in the names that a query may write. */
const offeredIntrinsics = [
  'duration',
  'event:name',
  'event:timeSinceStart',
  'instrumentation:name',
  'instrumentation:version',
  'kind',
  'link:spanID',
  'link:traceID',
  'name',
  'rootName',
  'rootServiceName',
  'span:duration',
  'span:id',
  'span:kind',
  'span:name',
  'span:parentID',
  'span:status',
  'span:statusMessage',
  'status',
  'statusMessage',
  'trace:duration',
  'trace:id',
  'trace:rootName',
  'trace:rootService',
  'traceDuration',
];

/** Values that are there whether a span has them or not; ids and durations are no list to choose from. */
const fixedValues: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['status', ['error', 'ok', 'unset']],
  ['kind', ['client', 'consumer', 'internal', 'producer', 'server', 'unspecified']],
  ...['duration', 'traceDuration', 'trace:id', 'span:id', 'span:parentID', 'link:traceID', 'link:spanID'].map(
    (name) => [name, []] as const,
  ),
]);

type Asked = { readonly query: Query };

const requestOf = ({ query }: Asked): TagRequest => ({
  ...secondsWindow(query),
  meets: spanFilter(textOf(query, 'q')),
  limit: unsigned(query, 'limit', 0) || Infinity,
});

const scopesOf = (scope: string): readonly TagScope[] => {
  if (scope === '' || scope === 'none') return tagScopes;
  if (scope === 'intrinsic' || scope === 'trace') return [];
  if (!tagScopes.includes(scope as TagScope)) throw new BadRequest(`invalid scope: ${scope}`);
  return [scope as TagScope];
};

const orBadName = (name: string, read: () => Attribute): Attribute => {
  try {
    return read();
  } catch (error) {
    throw new BadRequest(`please provide a valid tagName: failed to parse identifier ${name}: ${(error as Error).message}`, {
      cause: error,
    });
  }
};

const attributeOf = (name: string): Attribute =>
  orBadName(name, () => {
    const attribute = /^[\w]*\./.test(name) ? readAttributeName(name) : readIntrinsicName(name);
    if (attribute.scope !== 'intrinsic' || intrinsics.has(attribute.name)) return attribute;
    throw new Error(`unknown identifier: ${name}`);
  });

/** Of v1: an attribute in any scope, without a dot before it. */
const plainAttributeOf = (name: string): Attribute =>
  name === 'name' || name === 'status' ? readIntrinsicName(name) : orBadName(name, () => readAttributeName(`.${name}`));

const keywords = (values: readonly string[]): readonly TagValue[] => values.map((value) => ({ type: 'keyword', value }));

type Named = FastifyRequest<{ Params: { name: string }; Querystring: Query }>;

export const tagRoutes: FastifyPluginAsync<{ readonly traces: TraceStore; readonly clock: Clock }> = async (app, { traces, clock }) => {
  const pace = () => createPace(clock.now, queryLimits);
  const namesByScope = async (request: Asked) => {
    const scope = textOf(request.query, 'scope');
    const names = await tagNames(traces.all(), scopesOf(scope), requestOf(request), pace());
    const own = [...names].map(([name, tags]) => ({ name: name as string, tags }));
    const withIntrinsics = scope === '' || scope === 'none' || scope === 'intrinsic';
    return { scope, scopes: withIntrinsics ? [{ name: 'intrinsic', tags: offeredIntrinsics }, ...own] : own };
  };
  const valuesOf = async (attribute: Attribute, request: Asked): Promise<readonly TagValue[]> => {
    const fixed = attribute.scope === 'intrinsic' ? fixedValues.get(attribute.name) : undefined;
    return fixed === undefined ? tagValues(traces.all(), attribute, requestOf(request), pace()) : keywords(fixed);
  };

  app.get('/api/search/tags', async (request: FastifyRequest<{ Querystring: Query }>) => {
    const { scope, scopes } = await namesByScope(request);
    // Intrinsics are names of this list only where they are asked for.
    const asked = scopes.filter(({ name }) => name !== 'intrinsic' || scope === 'intrinsic');
    return { tagNames: [...new Set(asked.flatMap(({ tags }) => tags))].sort(), metrics: {} };
  });
  app.get('/api/v2/search/tags', async (request: FastifyRequest<{ Querystring: Query }>) => {
    const { scopes } = await namesByScope(request);
    return { scopes, metrics: {} };
  });
  app.get('/api/search/tag/:name/values', async (request: Named) => {
    const values = await valuesOf(plainAttributeOf(request.params.name), request);
    return { tagValues: [...new Set(values.map(({ value }) => value))].sort(), metrics: {} };
  });
  app.get('/api/v2/search/tag/:name/values', async (request: Named) => ({
    tagValues: await valuesOf(attributeOf(request.params.name), request),
    metrics: {},
  }));
};
