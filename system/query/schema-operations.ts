// The operations that change the registry of schemas, as OpenAPI has them.
import { policyRequest, registerRequest, retireRequest } from '../schemas/schema-requests.ts';
import { schemaUrls } from './operate-schemas.ts';
import { policySetAnswer, registeredAnswer, retiredAnswer } from './schemas/registry-schemas.ts';

const errors = [
  'unauthenticated',
  'forbidden',
  'invalid_json',
  'invalid_schema',
  'unsupported_content_type',
  'payload_too_large',
  'storage_unavailable',
  'internal',
] as const;

export const schemaOperations = [
  {
    url: schemaUrls.register,
    operationId: 'register_schema',
    summary: 'Registers a version of a schema, or says what would come of it.',
    request: registerRequest,
    answer: registeredAnswer,
    errors: [...errors, 'schema_conflict', 'schema_incompatible', 'registry_full'],
  },
  {
    url: schemaUrls.retire,
    operationId: 'retire_schema',
    summary: 'Retires a version: events of it are of an unknown version from then on.',
    request: retireRequest,
    answer: retiredAnswer,
    errors: [...errors, 'not_found'],
  },
  {
    url: schemaUrls.policy,
    operationId: 'set_schema_policy',
    summary: 'Says what becomes of events that do not fit, or are not known; replaces what was said for the same events.',
    request: policyRequest,
    answer: policySetAnswer,
    errors,
  },
] as const;
