// OpenAPI 3.1 from the table of routes: the schemas that check requests are the ones that are shown.
import type { TObject, TSchema } from 'typebox';
import { needOf, securityOf, securitySchemes } from '../contract/access.ts';
import { errorCodes } from '../contract/error-codes.ts';
import { erasureRequest } from '../recovery/erasure-request.ts';
import { type ConsumerOperation, consumerOperations } from './consumers/consumer-operations.ts';
import { jobRequest } from '../recovery/job-request.ts';
import { importOperations } from './import-openapi.ts';
import { rebuildRequest } from '../recovery/rebuild-request.ts';
import { jobsUrl } from './operate.ts';
import { erasuresUrl } from './operate-erasure.ts';
import { rebuildsUrl } from './operate-rebuild.ts';
import type { Route } from './route.ts';
import { schemaOperations } from './schema-operations.ts';
import { errorAnswer, stateAnswer } from './schemas/answers.ts';
import { acceptedErasureAnswer } from './schemas/erasure-answers.ts';
import { rebuildDoneAnswer } from './schemas/rebuild-answers.ts';
import { acceptedJobAnswer } from './schemas/recovery-answers.ts';

export const createOpenApi = (routes: readonly Route[], version: string) => ({
  openapi: '3.1.0',
  info: {
    title: 'faultline query',
    version,
    description: 'What became of the events, what operators ask of dead letters, and events for those who consume elsewhere.',
  },
  paths: {
    ...withImports(pathsOf(routes)),
    [jobsUrl]: { post: openJob() },
    [rebuildsUrl]: { post: askForRebuild() },
    '/health': { get: stateOperation('200 while the process lives.', []) },
    '/ready': { get: stateOperation('200 once it can answer: the database is reachable and has its migrations.', ['storage_unavailable']) },
    '/openapi.json': { get: stateOperation('This document.', [], { type: 'object' }) },
    '/docs': {
      get: {
        summary: 'This document, to read.',
        security: securityOf('open'),
        responses: { 200: { description: 'A page.', content: { 'text/html': { schema: { type: 'string' } } } } },
      },
    },
  },
  components: { schemas: { Error: errorAnswer }, securitySchemes },
});

const withImports = (paths: Readonly<Record<string, object>>) => {
  const posts = importOperations({ pathOf, json, parameters, errorResponses });
  return { ...paths, ...Object.fromEntries(Object.entries(posts).map(([path, post]) => [path, { ...paths[path], ...post }])) };
};

const openJobErrors = [
  'unauthenticated',
  'forbidden',
  'invalid_json',
  'invalid_recovery',
  'unsupported_content_type',
  'not_found',
  'recovery_conflict',
  'request_id_conflict',
  'payload_too_large',
  'storage_unavailable',
  'internal',
] as const;

const openJob = () => ({
  operationId: 'open_recovery_job',
  security: securityOf(needOf('query', 'POST', jobsUrl)),
  summary:
    'Asks for dead letters to be replayed, discarded or fixed; workers do it, at the given rate, and GET /recovery/jobs/{job} says how far they are.',
  requestBody: { required: true, content: { 'application/json': { schema: jobRequest } } },
  responses: { 202: json('It is written down.', acceptedJobAnswer), ...errorResponses(openJobErrors) },
});

const operationErrors = [
  'unauthenticated',
  'forbidden',
  'not_found',
  'invalid_json',
  'invalid_operation',
  'operation_refused',
  'request_id_conflict',
  'unsupported_content_type',
  'payload_too_large',
  'storage_unavailable',
  'internal',
] as const;

const askForRebuild = () => ({
  operationId: 'ask_for_rebuild',
  security: securityOf(needOf('query', 'POST', rebuildsUrl)),
  summary: 'A new version of a read model beside the one that is read: started, compared, switched to, gone back from, or given up.',
  requestBody: { required: true, content: { 'application/json': { schema: rebuildRequest } } },
  responses: { 200: json('It is done; of a comparison: it is written down.', rebuildDoneAnswer), ...errorResponses(operationErrors) },
});

const askForErasure = () => ({
  operationId: 'ask_for_erasure',
  security: securityOf(needOf('query', 'POST', erasuresUrl)),
  summary:
    "One object's data is to go, from the log, the park and the read models; GET /erasures/{erasure} says how far it is and has the proof.",
  requestBody: { required: true, content: { 'application/json': { schema: erasureRequest } } },
  responses: { 202: json('It is written down.', acceptedErasureAnswer), ...errorResponses(operationErrors) },
});

/** Listings and the operations of the consumer API share paths. */
const pathsOf = (routes: readonly Route[]) => {
  const operations = [
    ...routes.map((route) => ({ url: route.url, method: 'get', operation: operation(route) })),
    { url: erasuresUrl, method: 'post', operation: askForErasure() },
    ...Object.entries(consumerOperations).map(([name, one]) => ({
      url: one.url,
      method: one.method.toLowerCase(),
      operation: consumerOperation(name, one),
    })),
    ...schemaOperations.map((one) => ({ url: one.url, method: 'post', operation: schemaOperation(one) })),
  ];
  const byPath = Map.groupBy(operations, ({ url }) => pathOf(url));
  return Object.fromEntries(
    [...byPath].map(([path, of]) => [path, Object.fromEntries(of.map(({ method, operation: one }) => [method, one]))]),
  );
};

const schemaOperation = ({ url, operationId, summary, request, answer, errors }: (typeof schemaOperations)[number]) => ({
  operationId,
  summary,
  security: securityOf(needOf('query', 'POST', url)),
  requestBody: { required: true, content: { 'application/json': { schema: request } } },
  responses: { 200: json('The answer.', answer), ...errorResponses(errors) },
});

const consumerOperation = (name: string, { method, url, summary, path, query, body, answers, errors }: ConsumerOperation) => ({
  operationId: `${name}_consumer`,
  summary,
  security: securityOf(needOf('query', method, url)),
  parameters: [...parameters(path, 'path'), ...parameters(query, 'query')],
  ...(body !== null && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
  responses: {
    ...Object.fromEntries(
      answers.map(({ status, description, type = 'application/json', schema = { type: 'string' } }) => [
        status,
        status === 204 ? { description } : { description, content: { [type]: { schema } } },
      ]),
    ),
    ...errorResponses(['unauthenticated', 'forbidden', ...errors]),
  },
});

const pathOf = (url: string) => url.replaceAll(/:(\w+)/g, '{$1}');

const operation = (route: Route) => ({
  operationId: pathOf(route.url).replaceAll(/\W+/g, '_').replace(/^_|_$/g, ''),
  summary: route.summary,
  security: securityOf(needOf('query', 'GET', route.url)),
  parameters: [...parameters(route.path, 'path'), ...parameters(route.query, 'query')],
  responses: { 200: json('The answer.', route.answer), ...errorResponses(['unauthenticated', 'forbidden', ...route.errors, 'internal']) },
});

const stateOperation = (summary: string, errors: readonly (keyof typeof errorCodes)[], answer: object = stateAnswer) => ({
  summary,
  security: securityOf('open'),
  responses: { 200: json('It can.', answer), ...errorResponses(errors) },
});

const parameters = (schema: TObject, place: 'path' | 'query') =>
  Object.entries<TSchema & { readonly description?: string }>(schema.properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: (schema.required ?? []).includes(name),
    description,
    schema: rest,
  }));

const errorResponses = (codes: readonly (keyof typeof errorCodes)[]) => {
  const byStatus = Map.groupBy(codes, (code) => errorCodes[code].status);
  const describe = (names: readonly (keyof typeof errorCodes)[]) =>
    names.map((name) => `\`${name}\`: ${errorCodes[name].meaning}`).join(' ');
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [status, json(describe(names), { $ref: '#/components/schemas/Error' })]),
  );
};

const json = (description: string, schema: object) => ({ description, content: { 'application/json': { schema } } });
