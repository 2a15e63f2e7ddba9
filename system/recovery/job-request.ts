// What an operator may ask of dead letters, as a schema and with what a schema can't say. The text is parsed here, once.
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { eventLimits } from '../contract/event-limits.ts';
import { mayLoseDigits, parseExactly } from '../ingest/exact-number.ts';
import { describeProblems, type SchemaProblem } from '../contract/schema-problems.ts';
import { findHostileText, isDeeperThan } from '../ingest/hostile-text.ts';
import { findLostNumber } from '../ingest/lost-digits.ts';
import { findFixProblems, fixRules, ruleSchemas } from './fix-rules.ts';

/** Dead letters of one job. More: narrow the selection, or ask again once these are done. */
export const mostCommands = 10_000;
export const defaultRatePerSecond = 20;
export const longestName = 128;
const longestWhy = 1000;

const strict = <P extends Parameters<typeof Type.Object>[0]>(properties: P, description?: string) =>
  Type.Object(properties, { additionalProperties: false, ...(description !== undefined && { description }) });
const text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description });
const whole = (description: string) => Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description });

export const selection = strict(
  {
    processor: Type.Optional(text(longestName, 'Of this processor.')),
    version: Type.Optional(whole('Of this version of it.')),
    system_name: Type.Optional(text(eventLimits.systemNameCharacters, 'Of this system.')),
    object_id: Type.Optional(text(eventLimits.objectIdCharacters, 'Of this object.')),
    event_name: Type.Optional(text(eventLimits.eventNameCharacters, 'Of this name.')),
    reason: Type.Optional(text(longestName, 'With this reason code.')),
    lane: Type.Optional(whole('In this lane.')),
    position: Type.Optional(whole('At this position; with processor, version and lane it is one dead letter.')),
    all: Type.Optional(Type.Literal(true, { description: 'Needed where nothing else is said: every dead letter.' })),
  },
  'Which dead letters: all that is given must hold.',
);

export const jobRequest = strict({
  action: Type.Enum(['replay', 'discard', 'fix', 'unfix']),
  selection,
  fix: Type.Optional(fixRules),
  dry_run: Type.Optional(Type.Boolean({ description: 'Of a replay or a fix: say what would become of each event, change nothing.' })),
  requested_by: text(longestName, 'Who asks, for the audit.'),
  why: text(longestWhy, 'Why, for the audit.'),
  rate_per_second: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 10_000,
      description: `Dead letters begun a second, at most; ${defaultRatePerSecond} by default.`,
    }),
  ),
  request_id: Type.Optional(
    Type.String({
      pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
      description: 'A UUID of the client: the same request sent again is the same job.',
    }),
  ),
});

export type Selection = Static<typeof selection>;
export type JobRequest = Static<typeof jobRequest>;

type JobProblem = { readonly parameter: string; readonly message: string };
type Parsed = { readonly request: JobRequest } | { readonly problems: readonly JobProblem[] };

const check = Compile(jobRequest);
const deepest = 2 * eventLimits.depth;
const problemsShown = 20;

/** Throws a SyntaxError for what is no JSON. */
export const parseJobRequest = (body: string): Parsed => {
  const value: unknown = JSON.parse(body);
  if (isDeeperThan(value, deepest)) return one('', `is nested deeper than ${deepest}`);
  const hostile = findHostileText(body, value);
  if (hostile !== null) return one(hostile, 'holds U+0000 or a lone surrogate, which nothing stored can hold');
  const wrong = findSchemaProblems(value);
  if (wrong.length > 0) return { problems: wrong.slice(0, problemsShown) };
  const request = value as JobRequest;
  const problems = [...findContradictions(request), ...findLostDigits(body)];
  return problems.length > 0 ? { problems } : { request };
};

const toProblem = ({ path, message }: SchemaProblem): JobProblem => ({ parameter: path, message });

/** Of a rule only what its own op asks for: a union would tell of all that it might have been. */
const findSchemaProblems = (value: unknown): readonly JobProblem[] => {
  if (check.Check(value)) return [];
  const { fix } = (value ?? {}) as { fix?: unknown };
  const ofRules = Array.isArray(fix) ? fix.flatMap((rule: unknown, at) => findRuleProblems(rule, `/fix/${at}`)) : [];
  const others = describeProblems(check.Errors(value).filter(({ instancePath }) => !instancePath.startsWith('/fix/'))).map(toProblem);
  return [...others, ...ofRules];
};

const checkRule = { replace: Compile(ruleSchemas.replace), remove: Compile(ruleSchemas.remove), cast: Compile(ruleSchemas.cast) };

const findRuleProblems = (rule: unknown, place: string): readonly JobProblem[] => {
  const op = (rule as { op?: unknown } | null)?.op;
  if (typeof op !== 'string' || !Object.hasOwn(checkRule, op))
    return [{ parameter: `${place}/op`, message: 'must be replace, remove or cast' }];
  const errors = checkRule[op as keyof typeof checkRule].Errors(rule);
  return describeProblems(errors.map((error) => ({ ...error, instancePath: place + error.instancePath }))).map(toProblem);
};

const one = (parameter: string, message: string): Parsed => ({ problems: [{ parameter, message }] });

const findContradictions = ({ action, selection: chosen, fix, dry_run: dryRun = false }: JobRequest): readonly JobProblem[] => {
  const problems: JobProblem[] = [];
  const add = (parameter: string, message: string) => void problems.push({ parameter, message });
  if (Object.keys(chosen).length === 0) add('/selection', 'is empty: say which dead letters, or "all": true for every one');
  if (chosen.all === true && Object.keys(chosen).length > 1) add('/selection/all', 'stands beside other conditions: leave it out');
  if (action === 'fix' && fix === undefined) add('/fix', 'is missing: the rules of the fix');
  if (action !== 'fix' && fix !== undefined) add('/fix', `is not for ${action}: leave it out`);
  if (dryRun && (action === 'discard' || action === 'unfix'))
    add('/dry_run', `is not for ${action}: GET /dead-letters lists what it would take`);
  for (const { path, message } of fix === undefined ? [] : findFixProblems(fix)) add(path, message);
  return problems;
};

/** A number of a fix that a double does not keep would be written as another one. */
const findLostDigits = (body: string): readonly JobProblem[] => {
  if (!mayLoseDigits(body)) return [];
  const lost = findLostNumber((parseExactly(body) as { readonly fix?: unknown }).fix);
  if (lost === null) return [];
  return [
    {
      parameter: '/fix',
      message: `holds ${lost}, which a double does not keep: put it in as a string, and cast it to number in the rule after`,
    },
  ];
};
