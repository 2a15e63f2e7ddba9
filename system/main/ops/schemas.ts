// `npm run ops -- schemas`: look at the registry of schemas, try a version, register or retire one, say what becomes of events that do not fit.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { schemaActions } from '../../contract/schemas.ts';
import type { Api } from './api.ts';
import { exitCodes } from './exit-codes.ts';
import { OpsError } from './ops-error.ts';
import { readJsonFile } from './read-json-file.ts';
import type { Run } from './rebuild/commands.ts';
import { describeRegistered, listPolicies, listSchemas, type RegisteredAnswer, showSchema } from './show-schemas.ts';
import type { OpsSurroundings } from './surroundings.ts';
import { shown } from './table.ts';

type Asked = { readonly why?: string; readonly by?: string };
type Filters = { readonly system?: string; readonly event?: string };
type PolicyOptions = Filters &
  Asked & {
    readonly unregistered?: string;
    readonly unknownVersion?: string;
    readonly invalid?: string;
    readonly unversioned?: number;
    readonly clear?: true;
  };

export const addSchemas = (program: Command, surroundings: OpsSurroundings, run: Run): void => {
  const schemas = program.command('schemas').description('JSON Schemas of events, by system, event and version');
  filtered(schemas.command('list').description('what is registered')).action((options: Filters, command: Command) =>
    run(command, ({ api, json }) => listSchemas(api, options, json, surroundings)),
  );
  placed(schemas.command('show').description('one version, with its casts')).action(
    (system: string, event: string, version: number, _options: unknown, command: Command) =>
      run(command, ({ api, json }) => showSchema(api, { system, event, version }, json, surroundings)),
  );
  const file =
    'JSON: system_name, event_name, version, owner, compatibility, schema, and examples, upcast, downcast where there are any; - is stdin';
  schemas
    .command('check')
    .description('says what would come of registering it; changes nothing')
    .argument('<file>', file)
    .action((path: string, _options: unknown, command: Command) =>
      run(command, (context) => register({ ...context, surroundings }, path, { dryRun: true, why: 'a check' })),
    );
  audited(schemas.command('register').description('registers a version, which never changes after'))
    .argument('<file>', file)
    .action((path: string, options: Asked, command: Command) =>
      run(command, (context) => register({ ...context, surroundings }, path, options)),
    );
  audited(placed(schemas.command('retire').description('events of that version are of an unknown one from then on'))).action(
    (system_name: string, event_name: string, version: number, options: Asked, command: Command) =>
      run(command, async ({ api, json }) => {
        const answer = await api.post<{ known: boolean }>('/schemas/retire', {
          system_name,
          event_name,
          version,
          ...auditOf(options, surroundings),
        });
        surroundings.out(json ? asJson(answer) : answer.known ? 'It was retired before.\n' : 'It is retired.\n');
        return exitCodes.done;
      }),
  );
  addPolicy(schemas, surroundings, run);
};

const addPolicy = (schemas: Command, surroundings: OpsSurroundings, run: Run): void => {
  const action = (flags: string, description: string, choices: readonly string[]) => new Option(flags, description).choices(choices);
  const harder = schemaActions.filter((one) => one !== 'accept');
  audited(
    filtered(
      schemas
        .command('policy')
        .description('what becomes of events that do not fit, or are not known; without a setting: shows what is set'),
    ),
  )
    .addOption(action('--unregistered <action>', 'events without a schema', schemaActions))
    .addOption(action('--unknown-version <action>', 'events of a version that is not registered, or that say none', harder))
    .addOption(action('--invalid <action>', 'events that do not fit their schema', harder))
    .option('--unversioned <version>', 'the version of events that say none', wholeVersion)
    .option('--clear', 'takes back what is set for just these events')
    .action((options: PolicyOptions, command: Command) =>
      run(command, async ({ api, json }) => {
        const { system, event, unregistered, unknownVersion: unknown_version, invalid, unversioned, clear } = options;
        const settings = { unregistered, unknown_version, invalid, unversioned };
        const isSetting = Object.values(settings).some((one) => one !== undefined);
        if (!isSetting && clear !== true) return listPolicies(api, options, json, surroundings);
        if (isSetting && clear === true) throw new OpsError('Give settings, or --clear.');
        const place = { ...(system !== undefined && { system_name: system }), ...(event !== undefined && { event_name: event }) };
        const answer = await api.post('/schema-policies', { ...place, ...settings, ...auditOf(options, surroundings) });
        surroundings.out(
          json
            ? asJson(answer)
            : `It is ${clear === true ? 'cleared' : 'set'}. Every process goes by it within the life of its copy (FAULTLINE_SCHEMA_CACHE_MS, a second by default).\n`,
        );
        return exitCodes.done;
      }),
    );
};

const asJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

const auditOf = ({ why, by }: Asked, { user }: OpsSurroundings) => {
  if (why === undefined) throw new OpsError('Say why, for the audit: --why "…".');
  return { why, requested_by: by ?? user };
};

type Context = { readonly api: Api; readonly json: boolean; readonly surroundings: OpsSurroundings };

const register = async (
  { api, json, surroundings }: Context,
  path: string,
  options: Asked & { readonly dryRun?: true },
): Promise<number> => {
  const audit = auditOf(options, surroundings);
  const request = await readRegistration(path, surroundings);
  try {
    const answer = await api.post<RegisteredAnswer>('/schemas', {
      ...request,
      ...audit,
      ...(options.dryRun === true && { dry_run: true }),
    });
    surroundings.out(json ? asJson(answer) : describeRegistered(answer));
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof OpsError) || !Array.isArray(error.details)) throw error;
    surroundings.err(json ? asJson(error.details) : `${refusalOf(error)}Nothing was registered.\n`);
    return exitCodes.refused;
  }
};

type Detail = {
  readonly parameter: string;
  readonly message: string;
  readonly direction?: string;
  readonly against?: number;
  readonly example?: unknown;
};

const refusalOf = ({ details }: OpsError): string =>
  (details as readonly Detail[])
    .map(({ parameter, message, direction, against, example }) => {
      const what = direction === undefined ? '' : `${direction} with version ${against}: `;
      const shownExample = example === undefined ? '' : `\n  as with ${shown(JSON.stringify(example))}`;
      return `${what}${parameter === '' ? 'the whole' : shown(parameter)} ${shown(message)}${shownExample}\n`;
    })
    .join('');

const readRegistration = async (path: string, surroundings: OpsSurroundings): Promise<object> => {
  const value = await readJsonFile({ path, name: 'The schema', instead: 'write one that it keeps' }, surroundings);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new OpsError(`${path} is no JSON object.`);
};

const filtered = (command: Command): Command =>
  command.option('--system <name>', 'only of this system_name').option('--event <name>', 'only of this event_name');

const audited = (command: Command): Command =>
  command.option('--why <text>', 'why, for the audit').option('--by <name>', 'who asks, for the audit (default: your account)');

const wholeVersion = (text: string): number => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a version: a whole number of 1 or more.');
};

const placed = (command: Command): Command =>
  command.argument('<system>', 'its system_name').argument('<event>', 'its event_name').argument('<version>', 'its version', wholeVersion);
