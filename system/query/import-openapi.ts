// What OpenAPI says of the routes that take imports.
import { needOf, securityOf } from '../contract/access.ts';
import type { errorCodes } from '../contract/error-codes.ts';
import { openImportRequest, steerImportRequest } from '../recovery/import/import-request.ts';
import { importLinesUrl, importsUrl, importSteerUrl } from './imports.ts';
import { settledLinesAnswer, standingImportAnswer } from './schemas/import-answers.ts';
import { importLinesQuery, importPath } from './schemas/import-parameters.ts';

const of = (url: string) => securityOf(needOf('query', 'POST', url));

type Code = keyof typeof errorCodes;

/** How the document writes its parts. */
export type Writers = {
  readonly pathOf: (url: string) => string;
  readonly json: (description: string, schema: object) => object;
  readonly parameters: (schema: typeof importPath | typeof importLinesQuery, place: 'path' | 'query') => readonly object[];
  readonly errorResponses: (codes: readonly Code[]) => object;
};

const ofBody: readonly Code[] = [
  'unauthenticated',
  'forbidden',
  'invalid_json',
  'invalid_import',
  'unsupported_content_type',
  'payload_too_large',
  'storage_unavailable',
  'internal',
];

/** By path. */
export const importOperations = ({
  pathOf,
  json,
  parameters,
  errorResponses,
}: Writers): Readonly<Record<string, { readonly post: object }>> => {
  const body = (schema: object) => ({ required: true, content: { 'application/json': { schema } } });
  const standing = (description: string) => json(description, standingImportAnswer);
  return {
    [pathOf(importsUrl)]: {
      post: {
        operationId: 'open_import',
        security: of(importsUrl),
        summary: 'Opens the import of a file of past events, or says where it stands. Its lines follow, slice by slice.',
        requestBody: body(openImportRequest),
        responses: {
          200: standing('It was opened before, with this file: go on at next_line.'),
          201: standing('It is open.'),
          ...errorResponses([...ofBody, 'import_conflict']),
        },
      },
    },
    [pathOf(importLinesUrl)]: {
      post: {
        operationId: 'settle_import_lines',
        security: of(importLinesUrl),
        summary:
          'Lines of the file, from one on that is not behind next_line: those before it are passed over. Answers within seconds with where the import stands, which may be before the end of the body: go on from there.',
        parameters: [...parameters(importPath, 'path'), ...parameters(importLinesQuery, 'query')],
        requestBody: {
          required: true,
          content: Object.fromEntries(
            ['application/x-ndjson', 'text/csv'].map((type) => [
              type,
              { schema: { type: 'string', description: 'Whole lines; of a CSV file whole records, without its first line.' } },
            ]),
          ),
        },
        responses: {
          200: json('Where it stands.', settledLinesAnswer),
          ...errorResponses([
            'invalid_query',
            ...ofBody,
            'not_found',
            'quota_exceeded',
            'storage_quota_exceeded',
            'overloaded',
            'commit_unknown',
          ]),
        },
      },
    },
    [pathOf(importSteerUrl)]: {
      post: {
        operationId: 'steer_import',
        security: of(importSteerUrl),
        summary: 'Pauses an import, lets it go on, or ends it for good.',
        parameters: parameters(importPath, 'path'),
        requestBody: body(steerImportRequest),
        responses: { 200: standing('Where it stands.'), ...errorResponses([...ofBody, 'not_found', 'import_conflict']) },
      },
    },
  };
};
