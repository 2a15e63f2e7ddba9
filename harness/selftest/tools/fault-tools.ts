// Every fault of the registry, and of those that have effects each effect, with its two cases. One without is a case that fails: nobody has seen it do
// anything.
import { faultNames } from '../../faults/registry.ts';
import { badReleaseCase } from './fault-cases/bad-release.ts';
import { containerCases, createSharedContainer } from './fault-cases/container.ts';
import { databaseCases } from './fault-cases/database.ts';
import { datagramCases } from './fault-cases/datagrams.ts';
import type { FaultCase } from './fault-cases/fault-case.ts';
import { importCases } from './fault-cases/import.ts';
import { operatorCases } from './fault-cases/operator.ts';
import { networkCases } from './fault-cases/network.ts';
import { pressureCases } from './fault-cases/pressure.ts';
import { processCases } from './fault-cases/processes.ts';
import { createSharedServer } from './fault-cases/shared-server.ts';
import { stubCases } from './fault-cases/stub.ts';
import { swallowedCommitCase } from './fault-cases/swallowed-commit.ts';
import type { Half, ToolCase } from './tool-case.ts';

/** What several cases share is started when the first of them asks, and belongs to `resources`. */
export const createFaultCases = (resources: AsyncDisposableStack): readonly FaultCase[] => {
  const [server, container] = [resources.use(createSharedServer()), resources.use(createSharedContainer())];
  return [
    ...stubCases,
    ...processCases,
    ...networkCases,
    ...datagramCases,
    ...pressureCases,
    swallowedCommitCase(server),
    badReleaseCase(server),
    ...databaseCases(server),
    ...containerCases(container),
    ...importCases,
    ...operatorCases,
  ];
};

export const faultTools = (cases: readonly FaultCase[], names: readonly string[] = faultNames): readonly ToolCase[] =>
  names.flatMap((name) => {
    const found = cases.filter((each) => each.of === name);
    return found.length === 0 ? [unproven(name)] : found.map(toolOf);
  });

const toolOf = ({ of, variant, ...proof }: FaultCase): ToolCase => ({
  name: `fault: ${of}${variant === undefined ? '' : ` (${variant})`}`,
  kind: 'fault',
  ...proof,
});

const unproven = (name: string): ToolCase => {
  const half: Half = { what: 'no case', show: () => ({ asItMust: false, said: 'nobody has seen this fault do anything' }) };
  return { name: `fault: ${name}`, kind: 'fault', red: half, green: half };
};
