// A team's own processor as the workers run it: its definition, wrapped so that whatever it does becomes one event's decision. It never ends the transaction.
import { createHash } from 'node:crypto';
import type { HandlerContext, ProcessorDefinition, ProcessorEvent } from '../processor/define-processor.ts';
import { tableNames } from '../processor/table-names.ts';
import type { Registry } from '../schemas/registry.ts';
import type { LogEvent } from '../stream/stream.ts';
import { Interrupted, Refused } from './call-handler.ts';
import { classifyError } from './error-class.ts';
import type { EventTransaction, EventTransactions } from './event-transaction.ts';
import type { OwnRules } from './own-rules.ts';
import type { OrderedProcessor } from './processor.ts';
import type { RetryPolicy } from './settlement.ts';
import { createSchemaGate } from './with-schemas.ts';

export type OwnProcessorOptions = {
  readonly definition: ProcessorDefinition;
  /** Where the definition says nothing. */
  readonly policy: RetryPolicy;
  /** What tells this installation from another, so that two never use one token. */
  readonly installation: string;
  /** As this version's first start has fixed it. */
  readonly takesNumbers: boolean;
  /** The registry of schemas, as current as it can be had. */
  readonly schemas: () => Registry;
  readonly nowMs: () => number;
  /** The database is waited for, or not any more. */
  readonly waiting: (isWaiting: boolean) => void;
};

export type OwnProcessor = OrderedProcessor<true> & { readonly own: OwnRules };

/** Events handled in one transaction, each with a savepoint: past 64 of them the server's snapshots get slow. And the time that the lane's row is locked. */
const mostHandled = 60;
const longestMs = 100;

export const createOwnProcessor = (options: OwnProcessorOptions): OwnProcessor => {
  const { definition } = options;
  const { name, version, reads } = definition;
  const systems = reads?.systems && new Set(reads.systems);
  const events = reads?.events && new Set(reads.events);
  const isRead = ({ tenant, systemName, eventName }: LogEvent) =>
    (reads?.tenant ?? tenant) === tenant && (systems?.has(systemName) ?? true) && (events?.has(eventName) ?? true);
  const pass = createSchemaGate(options.schemas, versionsOf(definition));
  const scope = createScope(options);
  return {
    kind: 'ordered',
    name,
    version,
    handle: (event) => (isRead(event) ? scope.run(pass(event)) : null),
    apply: (handled) => Promise.resolve(handled.length),
    own: {
      use: scope.use,
      begin: scope.begin,
      isEnough: scope.isEnough,
      ...traitsOf(definition, options.policy),
      takesNumbers: options.takesNumbers && canTakeNumbers(definition),
      isShed: (event, head) => isRead(event) && isShed(definition, event.position, head),
    },
  };
};

const versionsOf = ({ reads }: ProcessorDefinition) =>
  (reads?.versions ?? []).map(({ system, event, version }) => ({ system_name: system, event_name: event, version }));

/** A processor that begins in the middle, or leaves events out, has no numbers to wait for. */
export const canTakeNumbers = ({ order, startsFrom, backPressure }: Omit<ProcessorDefinition, 'handle'>): boolean =>
  order !== 'none' && startsFrom !== 'now' && (backPressure?.strategy ?? 'block') === 'block';

const traitsOf = ({ order, onError }: ProcessorDefinition, policy: RetryPolicy) =>
  ({
    isOrdered: order !== 'none',
    policy: { attempts: onError?.attempts ?? policy.attempts, retryMs: onError?.retryMs ?? policy.retryMs },
    action: onError?.action ?? 'park',
  }) as const;

const isShed = ({ backPressure }: ProcessorDefinition, position: number, head: number): boolean => {
  if (backPressure === undefined || backPressure.strategy === 'block' || position > head - backPressure.above) return false;
  return backPressure.strategy === 'shed' || position % backPressure.keepOneIn !== 0;
};

const createScope = ({ definition, installation, nowMs, waiting }: OwnProcessorOptions) => {
  const tables = tableNames(definition.name, definition.version, definition.tables);
  let transactions: EventTransactions | null = null;
  let isRehearsal = false;
  let handled = 0;
  let beganAtMs = 0;
  const contextOf = (event: LogEvent, transaction: EventTransaction): HandlerContext => {
    let token: string | null = null;
    return {
      query: (text, values) => during(waiting, transaction.query(text, values)),
      tables,
      get token() {
        return (token ??= tokenOf(installation, definition, event.id));
      },
      isRehearsal,
    };
  };
  return {
    use: (open: EventTransactions | null, rehearsal = false) => {
      transactions = open;
      isRehearsal = rehearsal;
    },
    begin: () => {
      handled = 0;
      beganAtMs = nowMs();
    },
    isEnough: () => handled >= mostHandled || (handled > 0 && nowMs() - beganAtMs >= longestMs),
    run: async (event: LogEvent): Promise<true | null> => {
      handled += 1;
      const transaction = transactions!.begin();
      const end = await outcomeOf(() => definition.handle(toEvent(event), contextOf(event, transaction)));
      return during(waiting, settle(transaction, end));
    },
  };
};

type Outcome = { readonly answer: unknown } | { readonly thrown: unknown };

const outcomeOf = async (run: () => unknown): Promise<Outcome> => {
  try {
    return { answer: await run() };
  } catch (error) {
    return { thrown: error };
  }
};

/** A statement that failed is what counts, whatever the handler made of it: the transaction knows of it too. */
const settle = async (transaction: EventTransaction, end: Outcome): Promise<true | null> => {
  const failed = await transaction.close();
  if (failed !== null && classifyError(failed) === 'infrastructure') throw new Interrupted('storage', { cause: failed });
  const isKept = failed === null && 'answer' in end && end.answer !== false;
  const late = isKept ? await keep(transaction) : null;
  if (isKept && late === null) return true;
  await transaction.undo().catch(interrupt);
  if (late !== null) throw late;
  if (failed !== null) throw asFailure(failed);
  if ('thrown' in end) throw end.thrown;
  return null;
};

/** What the database did not take of the handler's own. */
const asFailure = (error: unknown): unknown => (classifyError(error) === 'data' ? new Refused('data', { cause: error }) : error);

const interrupt = (cause: unknown): never => {
  throw new Interrupted('storage', { cause });
};

/** null: it is kept. A deferred constraint, or a trigger of one, speaks only now. */
const keep = async (transaction: EventTransaction): Promise<unknown> => {
  try {
    await transaction.keep();
    return null;
  } catch (cause) {
    return classifyError(cause) === 'infrastructure' ? interrupt(cause) : asFailure(cause);
  }
};

const during = async <Result>(waiting: (isWaiting: boolean) => void, answer: Promise<Result>): Promise<Result> => {
  waiting(true);
  try {
    return await answer;
  } finally {
    waiting(false);
  }
};

const tokenOf = (installation: string, { name, version }: ProcessorDefinition, id: number): string =>
  createHash('sha256').update(`${installation}\n${name}\n${version}\n${id}`).digest('hex').slice(0, 32);

const toEvent = (event: LogEvent): ProcessorEvent => {
  const { id, tenant, systemName, objectId, eventName, eventTime, receivedAt, sequence, idempotencyKey, body, schema } = event;
  let parsed: { readonly metadata?: unknown } | null = null;
  return {
    id,
    tenant,
    systemName,
    objectId,
    eventName,
    eventTime,
    receivedAt,
    sequence,
    idempotencyKey,
    schemaVersion: schema?.version ?? null,
    body,
    get metadata() {
      parsed ??= JSON.parse(body) as { readonly metadata?: unknown };
      return parsed.metadata;
    },
  };
};
