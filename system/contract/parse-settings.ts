// Environment in, typed settings out, or every problem at once: the variable, its value, and what to do. Nothing else reads FAULTLINE_*.
import { distance } from 'fastest-levenshtein';
import { settings, type Setting } from './environment.ts';
import { SystemError } from './system-error.ts';

export type ProcessName = Setting['readers'][number];
export type Environment = Readonly<Record<string, string | undefined>>;

type Table = typeof settings;

type ValueOf<S extends Setting> =
  | (S['kind'] extends 'integer' | 'number'
      ? number
      : S['kind'] extends 'boolean'
        ? boolean
        : S extends { readonly choices: readonly (infer Choice)[] }
          ? Choice
          : S['kind'] extends 'paths'
            ? readonly string[]
            : string)
  | (S['fallback'] extends null ? null : never);

/** Every setting by its key in the table; one that the process does not read has its default. null: not set, and without a default. */
export type Settings = { readonly [Name in keyof Table]: ValueOf<Table[Name]> };

export type SettingProblem = { readonly variable: string; readonly value: string | null; readonly message: string };

export type ParsedSettings =
  | { readonly settings: Settings; readonly problems: null }
  | { readonly settings: null; readonly problems: readonly SettingProblem[] };

const needed: Partial<Record<ProcessName, readonly (keyof Table)[]>> = {
  ingest: ['databaseUrl'],
  worker: ['databaseUrl'],
  query: ['databaseUrl'],
  postgres: ['postgresData'],
};

export const parseSettings = (process: ProcessName, environment: Environment): ParsedSettings => {
  const problems: SettingProblem[] = [...unknownVariables(environment)];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries<Setting>(settings)) {
    const read = readSetting(setting, setting.readers.includes(process) ? environment : {});
    if (read.problem) problems.push(read.problem);
    else values[key] = read.value;
  }
  problems.push(...missingVariables(process, values), ...openHost(process, values));
  if (problems.length > 0) return { settings: null, problems };
  return { settings: values as Settings, problems: null };
};

/** The same for a process's main. Throws SystemError FL_SETTINGS_INVALID, one line a problem, the list in `details.problems`. */
export const demandSettings = (process: ProcessName, environment: Environment): Settings => {
  const { settings: parsed, problems } = parseSettings(process, environment);
  if (parsed) return parsed;
  throw new SystemError('FL_SETTINGS_INVALID', problems.map(({ message }) => message).join('\n'), { details: { problems } });
};

type Read = { readonly value: unknown; readonly problem?: undefined } | { readonly problem: SettingProblem };

const readSetting = (setting: Setting, environment: Environment): Read => {
  const given = environment[setting.name]?.trim() ?? '';
  // As for the OTEL_* variables: an empty value is the same as none.
  const text = given === '' ? setting.fallback : given;
  if (text === null) return { value: null };
  const parsed = parsers[setting.kind](text, setting);
  if (typeof parsed !== 'string') return { value: parsed.value };
  const shown = setting.kind === 'url' ? redact(given) : given;
  return { problem: { variable: setting.name, value: shown, message: `${setting.name} is '${shown}': ${parsed} ${setting.meaning}` } };
};

/** A value, or what is wrong with the text and what to write instead. */
type Parser = (text: string, setting: Setting) => { readonly value: unknown } | string;

const parseNumber = (text: string, setting: Setting, pattern: RegExp, what: string): ReturnType<Parser> => {
  const { minimum = -Infinity, maximum = Infinity } = setting;
  const value = Number(text);
  if (pattern.test(text) && value >= minimum && value <= maximum) return { value };
  return `give ${what} from ${minimum} to ${maximum}${setting.fallback === null ? '' : ` (default ${setting.fallback})`}.`;
};

const parsers: Record<Setting['kind'], Parser> = {
  integer: (text, setting) => parseNumber(text, setting, /^-?\d{1,15}$/, 'a whole number'),
  number: (text, setting) => parseNumber(text, setting, /^-?(?:\d{1,15}(?:\.\d{1,15})?|\.\d{1,15})$/, 'a number'),
  boolean: (text) => {
    if (/^(?:true|1|yes|on)$/i.test(text)) return { value: true };
    return /^(?:false|0|no|off)$/i.test(text) ? { value: false } : 'give true or false.';
  },
  text: (text, setting) => {
    if (setting.choices && !setting.choices.includes(text)) return `give one of ${setting.choices.join(', ')}.`;
    return { value: text };
  },
  path: (text) => (text.includes('\0') ? 'give a path.' : { value: text }),
  paths: (text) => {
    const paths = text.split(',').map((path) => path.trim());
    return paths.some((path) => path === '' || path.includes('\0')) ? 'give paths separated by commas.' : { value: paths };
  },
  url: (text) =>
    /^postgres(?:ql)?:$/.test(URL.parse(text)?.protocol ?? '') ? { value: text } : 'give postgresql://user:password@host:port/database.',
};

/** Without keys whoever can reach a door may write and read everything. */
const openHost = (process: ProcessName, values: Readonly<Record<string, unknown>>): readonly SettingProblem[] => {
  const { host, apiKeys } = settings;
  const readers: readonly ProcessName[] = apiKeys.readers;
  const given = values['host'];
  if (!readers.includes(process) || typeof given !== 'string' || isLoopback(given) || values['apiKeys'] === 'required') return [];
  const message =
    `${host.name} is '${given}': this is no loopback address, and anyone who can reach it could write and read everything. ` +
    `Set ${apiKeys.name}=required and make keys (npm run ops -- keys create), or give 127.0.0.1, ::1 or localhost.`;
  return [{ variable: host.name, value: given, message }];
};

export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);

/** What looks like an API key is none of a log's business, whatever the variable's name. */
const hideKeys = (value: string): string => value.replaceAll(/\b(fl_[a-z0-9]{10})_[\w-]{43}/g, '$1_***');

/** A password has no place in a log. */
const redact = (url: string): string => url.replace(/^([a-z]+:\/\/[^:/@]*):[^@]*@/i, '$1:***@');

/**
 * FAULTLINE_TEST_* belongs to the tests, which may start our processes with the whole of their environment; the telemetry stack's variables to
 * whoever starts or finds one. Those hold passwords: they must not be told of as mistakes.
 */
const isForOthers = (variable: string): boolean => /^FAULTLINE_(?:TEST_|(?:PROMETHEUS|TEMPO|LOKI|GRAFANA|OTLP)(?:_|$))/.test(variable);

function* unknownVariables(environment: Environment): Iterable<SettingProblem> {
  const known = Object.values<Setting>(settings).map(({ name }) => name);
  for (const [variable, value] of Object.entries(environment)) {
    if (value === undefined || !variable.startsWith('FAULTLINE_') || isForOthers(variable)) continue;
    if (known.includes(variable)) continue;
    const near = nearest(variable, known);
    const hint = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'Remove it, or correct its name.';
    yield { variable, value: hideKeys(value), message: `${variable} is not a setting. ${hint}` };
  }
}

const nearest = (name: string, known: readonly string[]): readonly string[] =>
  known
    .map((candidate) => ({ candidate, edits: distance(name, candidate) }))
    .filter(({ candidate, edits }) => edits <= 4 || candidate.startsWith(name))
    .toSorted((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ candidate }) => candidate);

const missingVariables = (process: ProcessName, values: Readonly<Record<string, unknown>>): readonly SettingProblem[] =>
  (needed[process] ?? [])
    .filter((key) => values[key] === null)
    .map((key) => {
      const { name, meaning } = settings[key];
      return { variable: name, value: null, message: `${name} is not set. ${meaning} Set it for process ${process}.` };
    });
