// What may be asked of the registry, as schemas and with what a schema can't say. The text is parsed here, once.
import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { eventLimits } from '../contract/event-limits.ts';
import { describeProblems } from '../contract/schema-problems.ts';
import { compatibilities, schemaActions } from '../contract/schemas.ts';
import { findHostileText, isDeeperThan } from '../ingest/hostile-text.ts';
import { findLostDigits } from '../ingest/lost-digits.ts';
import { castSchema, findCastProblems } from './cast-rules.ts';

const strict = <P extends Parameters<typeof Type.Object>[0]>(properties: P) => Type.Object(properties, { additionalProperties: false });
const text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description });
const version = Type.Integer({
  minimum: 1,
  maximum: eventLimits.schemaVersion,
  description: 'Higher than any that is registered for the event.',
});
const audited = {
  requested_by: text(128, 'Who asks, for the audit.'),
  why: text(1000, 'Why, for the audit.'),
};
const systemName = text(eventLimits.systemNameCharacters, 'The system that the events come from.');
const eventName = text(eventLimits.eventNameCharacters, 'The name of the events.');

export const registerRequest = strict({
  system_name: systemName,
  event_name: eventName,
  version,
  owner: text(128, 'Who answers for it: a team, or a person.'),
  compatibility: Type.Enum([...compatibilities], {
    description:
      'Towards every version that is not retired. backward: what fits those fits this; forward: what fits this fits those; full: both; none: nothing is promised.',
  }),
  schema: Type.Unsafe<unknown>({ type: 'object', description: 'JSON Schema 2020-12 of `metadata`, in the dialect of docs/schemas.md.' }),
  examples: Type.Optional(
    Type.Array(Type.Unsafe<unknown>({ type: ['object', 'array'] }), {
      maxItems: 20,
      description: 'Metadata of this version, on which casts are tried.',
    }),
  ),
  upcast: Type.Optional(castSchema),
  downcast: Type.Optional(castSchema),
  dry_run: Type.Optional(Type.Boolean({ description: 'Says what would come of it, and registers nothing.' })),
  ...audited,
});
export type RegisterRequest = Static<typeof registerRequest>;

export const retireRequest = strict({ system_name: systemName, event_name: eventName, version, ...audited });
export type RetireRequest = Static<typeof retireRequest>;

const harder = Type.Union([Type.Enum(schemaActions.filter((action) => action !== 'accept')), Type.Null()]);
export const policyRequest = strict({
  system_name: Type.Optional(text(eventLimits.systemNameCharacters, 'Without it: of every system.')),
  event_name: Type.Optional(text(eventLimits.eventNameCharacters, 'Without it: of every event.')),
  unregistered: Type.Optional(Type.Union([Type.Enum([...schemaActions]), Type.Null()], { description: 'For events without a schema.' })),
  unknown_version: Type.Optional(harder),
  invalid: Type.Optional(harder),
  unversioned: Type.Optional(Type.Union([version, Type.Null()], { description: 'The version of events that say none. With event_name.' })),
  ...audited,
});
export type PolicyRequest = Static<typeof policyRequest>;

export type RequestIssue = { readonly path: string; readonly message: string };
export type ParsedRequest<Request> =
  | { readonly request: Request; readonly problems: null }
  | { readonly problems: readonly RequestIssue[] };

const mostIssues = 20;

const createParser = <S extends TSchema>(schema: S, contradictions: (request: Static<S>) => readonly RequestIssue[]) => {
  const check = Compile(schema);
  /** Throws a SyntaxError for what is no JSON. */
  return (body: string): ParsedRequest<Static<S>> => {
    const value: unknown = JSON.parse(body);
    const issues = findIssues(body, value);
    if (issues.length > 0) return { problems: issues };
    if (check.Check(value)) {
      const found = contradictions(value);
      return found.length > 0 ? { problems: found.slice(0, mostIssues) } : { request: value, problems: null };
    }
    return { problems: describeProblems(check.Errors(value)).slice(0, mostIssues) };
  };
};

const findIssues = (body: string, value: unknown): readonly RequestIssue[] => {
  if (isDeeperThan(value, 2 * eventLimits.depth)) return [{ path: '', message: `is nested deeper than ${2 * eventLimits.depth}` }];
  const hostile = findHostileText(body, value);
  if (hostile !== null) return [{ path: hostile, message: 'holds U+0000 or a lone surrogate, which nothing stored can hold' }];
  const lost = findLostDigits(body);
  return lost === null ? [] : [{ path: '', message: `holds ${lost}, which a double does not keep` }];
};

export const parseRegister = createParser(registerRequest, ({ upcast, downcast }) => [
  ...(upcast === undefined ? [] : findCastProblems(upcast, '/upcast')),
  ...(downcast === undefined ? [] : findCastProblems(downcast, '/downcast')),
]);
export const parseRetire = createParser(retireRequest, () => []);
export const parsePolicy = createParser(policyRequest, ({ system_name, event_name, unversioned }) => [
  ...(event_name !== undefined && system_name === undefined ? [{ path: '/system_name', message: 'is missing beside event_name' }] : []),
  ...(typeof unversioned === 'number' && event_name === undefined
    ? [{ path: '/unversioned', message: 'needs event_name: versions are of one event' }]
    : []),
]);
