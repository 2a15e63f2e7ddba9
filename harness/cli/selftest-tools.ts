// The fast part of selftest: every tool with its red and its green case, without running a scenario.
import pc from 'picocolors';
import { judge } from '../engine/judge.ts';
import { checkerTools } from '../selftest/tools/checker-tools.ts';
import { createStubRuns, driverTools } from '../selftest/tools/driver-tools.ts';
import { createFaultCases, faultTools } from '../selftest/tools/fault-tools.ts';
import { runToolCases } from '../selftest/tools/run-tool-cases.ts';
import type { Shown, SkippedTool, ToolCase, ToolResult } from '../selftest/tools/tool-case.ts';
import { saturationTools } from '../selftest/tools/saturation-tools.ts';
import { trafficTools } from '../selftest/tools/traffic-tools.ts';
import { verdictTools } from '../selftest/tools/verdict-tools.ts';
import type { Check, CheckRegistry } from '../checkers/check.ts';
import { conclude } from '../checkers/check.ts';
import { checks } from './checks.ts';

type Registries = typeof checks;

/** The proof of the proof: this check finds nothing any more, and the selftest must notice. */
const blunted = (name: string | undefined): Registries => {
  const blunt = (registry: CheckRegistry): CheckRegistry =>
    new Map(
      [...registry].map(([each, check]): [string, Check] => [
        each,
        each === name ? () => conclude('safety/blunt', 'pass', 'all is well') : check,
      ]),
    );
  const { everyRun, expectations, mustBeSeen } = checks;
  return { everyRun: blunt(everyRun), expectations: blunt(expectations), mustBeSeen: blunt(mustBeSeen) };
};

const toolsWith = (registries: Registries, resources: AsyncDisposableStack): readonly ToolCase[] => {
  const runs = createStubRuns();
  return [
    ...checkerTools(Object.values(registries)),
    ...trafficTools(),
    ...driverTools(runs),
    ...saturationTools(),
    ...faultTools(createFaultCases(resources)),
    ...verdictTools(runs, (run) => judge(run, { checks: registries, budgets: () => [] })),
  ];
};

/** Nothing is started for their names. */
export const toolNames = (): readonly string[] => toolsWith(checks, new AsyncDisposableStack()).map(({ name }) => name);

export const checkNames = (): readonly string[] => Object.values(checks).flatMap((registry) => [...registry.keys()]);

export type ToolsOptions = {
  /** Empty: all. */
  readonly names: readonly string[];
  /** Also those that take seconds, a database or an engine; those that are named are shown in any case. */
  readonly slow: boolean;
  /** A check that is made to find nothing. */
  readonly blunt?: string | undefined;
  readonly print: (text: string) => void;
  readonly signal: AbortSignal;
};

export const runTools = async (options: ToolsOptions): Promise<readonly (ToolResult | SkippedTool)[]> => {
  const { names, slow, blunt, print, signal } = options;
  await using resources = new AsyncDisposableStack();
  const named = toolsWith(blunted(blunt), resources).filter(({ name }) => names.length === 0 || names.includes(name));
  const chosen = named.filter(({ isSlow }) => isSlow !== true || slow || names.length > 0);
  const results = await runToolCases(chosen, { signal, onResult: (result) => print(describe(result)) });
  if (chosen.length < named.length) print(`${named.length - chosen.length} slower tools are left out; --slow shows them too`);
  return results;
};

const describe = (result: ToolResult | SkippedTool): string => {
  if ('skipped' in result) return `${pc.yellow('skipped')}  ${result.kind} ${result.name}: ${result.skipped}`;
  const { name, kind, red, green, caught } = result;
  return [`${caught ? pc.green('proven') : pc.red('UNPROVEN')}  ${kind} ${name}`, line('red', red), line('green', green)].join('\n');
};

const line = (half: 'red' | 'green', { what, asItMust, said }: Shown): string =>
  `        ${asItMust ? ' ' : pc.red('✗')} ${half.padEnd(5)} ${what}: ${said.length > 160 ? `${said.slice(0, 159)}…` : said}`;
