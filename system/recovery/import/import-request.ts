// What may be asked of imports over HTTP, as schemas and with what a schema can't say.
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { importFormats, importLimits } from '../../contract/imports.ts';
import { describeProblems } from '../../contract/schema-problems.ts';
import { findHostileText, isDeeperThan } from '../../ingest/hostile-text.ts';
import { findLostDigits } from '../../ingest/lost-digits.ts';
import { csvMapping, findMappingProblems } from './csv-mapping.ts';

const longestWhy = 1000;
const longestPerson = 128;
export const defaultRatePerSecond = 8000;

const text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description });
const whole = (minimum: number, description: string) => Type.Integer({ minimum, maximum: Number.MAX_SAFE_INTEGER, description });
const asking = { requested_by: text(longestPerson, 'Who asks, for the audit.'), why: text(longestWhy, 'Why, for the audit.') };

export const importName = text(importLimits.nameCharacters, 'The name of the import: that of one file, for good.');

export const openImportRequest = Type.Object(
  {
    name: importName,
    format: Type.Enum([...importFormats]),
    mapping: Type.Optional(csvMapping),
    header: Type.Optional(
      Type.Array(Type.String({ maxLength: 256 }), {
        minItems: 1,
        maxItems: importLimits.columns,
        description: 'csv: the cells of the first line.',
      }),
    ),
    first_line: whole(1, 'The first line with an event; csv: the one behind the header.'),
    lines: whole(1, 'Lines of the file, the header included.'),
    bytes: whole(1, 'Bytes of its text, inflated.'),
    sha256: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'Of its text, inflated: the same file is known by it, another is refused under this name.',
    }),
    rate_per_second: Type.Optional(
      Type.Number({ minimum: 1, maximum: 100_000, description: `Lines a second, at most; ${defaultRatePerSecond} by default.` }),
    ),
    again: Type.Optional(
      Type.Boolean({ description: 'Import a file that another import has already brought: what has no id is appended again.' }),
    ),
    ...asking,
  },
  { additionalProperties: false, title: 'OpenImport' },
);

export const steerImportRequest = Type.Object(
  {
    action: Type.Enum(['pause', 'resume', 'cancel']),
    rate_per_second: Type.Optional(Type.Number({ minimum: 1, maximum: 100_000, description: 'With resume: another top rate.' })),
    ...asking,
  },
  { additionalProperties: false, title: 'SteerImport' },
);

export type OpenImportRequest = Static<typeof openImportRequest>;
export type SteerImportRequest = Static<typeof steerImportRequest>;

export type RequestFault = { readonly parameter: string; readonly message: string };
type Parsed<Request> = { readonly request: Request } | { readonly problems: readonly RequestFault[] };

const checkOpen = Compile(openImportRequest);
const checkSteer = Compile(steerImportRequest);
const problemsShown = 20;
const deepest = 8;

/** Throws a SyntaxError for what is no JSON. */
export const parseOpenImport = (body: string): Parsed<OpenImportRequest> => {
  const parsed = parse<OpenImportRequest>(body, checkOpen);
  if ('problems' in parsed) return parsed;
  const problems = findContradictions(parsed.request);
  return problems.length > 0 ? { problems } : parsed;
};

export const parseSteerImport = (body: string): Parsed<SteerImportRequest> => {
  const parsed = parse<SteerImportRequest>(body, checkSteer);
  if ('problems' in parsed || parsed.request.action === 'resume' || parsed.request.rate_per_second === undefined) return parsed;
  return { problems: [{ parameter: '/rate_per_second', message: 'is for resume: leave it out' }] };
};

const parse = <Request>(body: string, check: typeof checkOpen | typeof checkSteer): Parsed<Request> => {
  const value: unknown = JSON.parse(body);
  if (isDeeperThan(value, deepest)) return { problems: [{ parameter: '', message: `is nested deeper than ${deepest}` }] };
  const hostile = findHostileText(body, value);
  if (hostile !== null)
    return { problems: [{ parameter: hostile, message: 'holds U+0000 or a lone surrogate, which nothing stored can hold' }] };
  const lost = findLostDigits(body);
  // A constant of the mapping would be another number in every event.
  if (lost !== null) return { problems: [{ parameter: '', message: `holds ${lost}, which a double does not keep: give it as a string` }] };
  if (check.Check(value)) return { request: value as Request };
  const problems = describeProblems(check.Errors(value)).map(({ path, message }) => ({ parameter: path, message }));
  return { problems: problems.slice(0, problemsShown) };
};

const findContradictions = ({ format, mapping, header, first_line: first, lines }: OpenImportRequest): readonly RequestFault[] => {
  const problems: RequestFault[] = [];
  const add = (parameter: string, message: string) => void problems.push({ parameter, message });
  if (format === 'ndjson' && mapping !== undefined) add('/mapping', 'is for csv: leave it out');
  if (format === 'ndjson' && header !== undefined) add('/header', 'is for csv: leave it out');
  if (format === 'csv' && mapping === undefined) add('/mapping', 'is missing: which column becomes which field');
  if (format === 'csv' && header === undefined) add('/header', 'is missing: the cells of the first line');
  if (first > lines) add('/first_line', `is ${first}, and the file has ${lines} lines: there is nothing to import`);
  if (mapping !== undefined && header !== undefined)
    for (const { place, message } of findMappingProblems(mapping, header)) add('/mapping', `${place} ${message}`);
  return problems;
};
