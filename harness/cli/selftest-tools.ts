// The fast part of selftest: every tool with its red and its green case, without running a scenario.
import pc from 'picocolors';
import { judge } from '../engine/judge.ts';
import { checkerTools } from '../selftest/tools/checker-tools.ts';
import { createStubRuns, driverTools } from '../selftest/tools/driver-tools.ts';
import { faultTools } from '../selftest/tools/fault-tools.ts';
import { runToolCase, type Shown, type ToolCase, type ToolResult } from '../selftest/tools/tool-case.ts';
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

const toolsWith = (registries: Registries): readonly ToolCase[] => {
  const runs = createStubRuns();
  return [
    ...checkerTools(Object.values(registries)),
    ...trafficTools(),
    ...driverTools(runs),
    ...saturationTools(),
    ...faultTools(),
    ...verdictTools(runs, (run) => judge(run, { checks: registries, budgets: () => [] })),
  ];
};

export const toolNames = (): readonly string[] => toolsWith(checks).map(({ name }) => name);

export type ToolsOptions = {
  /** Empty: all. */
  readonly names: readonly string[];
  /** A check that is made to find nothing. */
  readonly blunt?: string | undefined;
  readonly print: (text: string) => void;
  readonly signal: AbortSignal;
};

export const runTools = async ({ names, blunt, print, signal }: ToolsOptions): Promise<readonly ToolResult[]> => {
  const results: ToolResult[] = [];
  for (const tool of toolsWith(blunted(blunt))) {
    if (names.length > 0 && !names.includes(tool.name)) continue;
    signal.throwIfAborted();
    const result = await runToolCase(tool);
    results.push(result);
    print(describe(result));
  }
  return results;
};

const describe = ({ name, kind, red, green, caught }: ToolResult): string =>
  [`${caught ? pc.green('proven') : pc.red('UNPROVEN')}  ${kind} ${name}`, line('red', red), line('green', green)].join('\n');

const line = (half: 'red' | 'green', { what, asItMust, said }: Shown): string =>
  `        ${asItMust ? ' ' : pc.red('✗')} ${half.padEnd(5)} ${what}: ${said.length > 160 ? `${said.slice(0, 159)}…` : said}`;
