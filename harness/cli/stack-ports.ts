// The ports of a stack that people use: the ones that everybody knows, each changed by a variable. A run takes free ones instead.
import { isFreePort } from '../stack/free-ports.ts';
import { HarnessError } from '../engine/errors.ts';
import type { StackPorts } from '../stack/stack-options.ts';
import type { StackPart } from '../stack/tested-versions.ts';

type Name = StackPart | 'tempoOtlp';

const known: Readonly<Record<Name, readonly [variable: string, port: number]>> = {
  prometheus: ['FAULTLINE_PROMETHEUS_PORT', 9090],
  tempo: ['FAULTLINE_TEMPO_PORT', 3200],
  tempoOtlp: ['FAULTLINE_TEMPO_OTLP_PORT', 4318],
  loki: ['FAULTLINE_LOKI_PORT', 3100],
  grafana: ['FAULTLINE_GRAFANA_PORT', 3000],
};

const names = Object.keys(known) as readonly Name[];

/** Throws a HarnessError for a variable that is no port. */
export const wellKnownPorts = (environment: Readonly<Record<string, string | undefined>>): Readonly<Record<Name, number>> =>
  Object.fromEntries(names.map((name) => [name, portOf(name, environment)])) as Record<Name, number>;

const portOf = (name: Name, environment: Readonly<Record<string, string | undefined>>): number => {
  const [variable, usual] = known[name];
  const text = environment[variable] ?? '';
  if (text === '') return usual;
  const port = Number(text);
  if (/^\d+$/.test(text) && port > 0 && port <= 65_535) return port;
  throw new HarnessError('FL_USAGE', `${variable} is ${text}, which is no port; give 1 to 65535`);
};

/** Throws a HarnessError that names each that is taken. */
export const demandFree = async (ports: StackPorts, without: readonly StackPart[]): Promise<void> => {
  const wanted = names.filter((name) => !without.some((part) => part === name));
  const taken = await Promise.all(wanted.map(async (name) => ((await isFreePort(ports[name] ?? 0)) ? [] : [name])));
  const lines = taken.flat().map((name) => `  ${ports[name]} (${name}): end what listens there, or set ${known[name][0]}`);
  if (lines.length > 0) throw new HarnessError('FL_STACK_FAILED', `ports of 127.0.0.1 are taken:\n${lines.join('\n')}`);
};
