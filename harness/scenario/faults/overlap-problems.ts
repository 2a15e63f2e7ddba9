// Faults overlap freely, but for those that would undo each other: two of a kind on one subject at one time, where the first to heal heals both.
import type { Reporter } from '../problem.ts';
import type { Fault, Phase } from '../scenario.ts';

/** null: it may be there twice. */
export const subjectOf = (fault: Fault): string | null => {
  switch (fault.kind) {
    case 'kill':
    case 'pause':
    case 'cpu-pressure':
    case 'memory-pressure':
    case 'network':
    case 'datagrams':
      return null;
    case 'crash-loop':
    case 'restart':
    case 'slow-start':
    case 'clock':
    case 'bad-release':
    case 'descriptors':
      return `${fault.role} ${fault.index}`;
    case 'database':
      return `database ${fault.effect}`;
    case 'import':
      return 'query 0';
    case 'operator':
      return 'the versions of the read model';
    case 'container':
      return `container ${fault.container}`;
  }
};

type Stretch = { readonly name: string; readonly index: number; readonly subject: string; readonly from: number; readonly to: number };

export const overlapProblems = (faults: readonly Fault[], phases: readonly Phase[], report: Reporter): void => {
  const stretches = faults.flatMap((fault, index): Stretch[] => {
    const subject = subjectOf(fault);
    if (subject === null) return [];
    const from = startOf(fault, phases);
    return [{ name: fault.name, index, subject, from, to: from + ('seconds' in fault ? fault.seconds : 0) }];
  });
  for (const stretch of stretches) {
    const other = stretches.find(
      (each) => each.index < stretch.index && each.subject === stretch.subject && each.from <= stretch.to && stretch.from <= each.to,
    );
    if (other !== undefined) report(`faults[${stretch.index}]`, `overlaps ${other.name} on ${stretch.subject}: each would undo the other`);
  }
};

const startOf = ({ at }: Fault, phases: readonly Phase[]): number => {
  const index = phases.findIndex(({ name }) => name === at?.phase);
  return phases.slice(0, Math.max(0, index)).reduce((sum, { seconds }) => sum + seconds, 0) + (at?.afterSeconds ?? 0);
};
