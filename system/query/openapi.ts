// OpenAPI 3.1 from the table of routes: the schemas that check requests are the ones that are shown.
import type { TObject, TSchema } from 'typebox';
import { needOf, securityOf, securitySchemes } from '../contract/access.ts';
import { errorCodes } from '../contract/error-codes.ts';
import { jobRequest } from '../recovery/job-request.ts';
import { importOperations } from './import-openapi.ts';
import { jobsUrl } from './operate.ts';
import type { Route } from './route.ts';
import { errorAnswer, stateAnswer } from './schemas/answers.ts';
import { acceptedJobAnswer } from './schemas/recovery-answers.ts';

export const createOpenApi = (routes: readonly Route[], version: string) => ({
  openapi: '3.1.0',
  info: { title: 'faultline query', version, description: 'What became of the events, and what operators ask of dead letters.' },
  paths: {
    ...withImports(Object.fromEntries(routes.map((route) => [pathOf(route.url), { get: operation(route) }]))),
    [jobsUrl]: { post: openJob() },
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
