// Faults overlap freely, but for two on one subject at one time: of two on one effect of the database or one container the first to heal would heal both; of
// two on one process the one that comes second would strike the successor of the first, or stand in the way of its start; of two operators each would meet
// the other's version; and of two that swallow the commits of one link each would be proven by what the other swallowed.
import type { Reporter } from '../problem.ts';
import type { Fault, Phase } from '../scenario.ts';
import { usualStopSeconds } from './process-faults.ts';

/** null: it may be there twice. */
export const subjectOf = (fault: Fault): string | null => {
  switch (fault.kind) {
    case 'cpu-pressure':
    case 'memory-pressure':
    case 'datagrams':
      return null;
    case 'network':
      return fault.effect === 'swallow-commit' ? `the commits over ${fault.link}` : null;
    case 'kill':
    case 'pause':
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
    return [{ name: fault.name, index, subject, from, to: from + secondsOf(fault) }];
  });
  for (const stretch of stretches) {
    const other = stretches.find(
      (each) => each.index < stretch.index && each.subject === stretch.subject && each.from <= stretch.to && stretch.from <= each.to,
    );
    if (other !== undefined) report(`faults[${stretch.index}]`, `overlaps ${other.name} on ${stretch.subject}: each would undo the other`);
  }
};

/** How long it lasts, as far as the scenario says it: what starts and ends of processes take comes on top. */
const secondsOf = (fault: Fault): number => {
  switch (fault.kind) {
    case 'kill':
      return fault.restartAfterSeconds;
    case 'crash-loop':
      return fault.times * fault.everySeconds;
    case 'restart':
      return fault.withinSeconds ?? usualStopSeconds;
    default:
      return fault.seconds;
  }
};

const startOf = ({ at }: Fault, phases: readonly Phase[]): number => {
  const index = phases.findIndex(({ name }) => name === at?.phase);
  return phases.slice(0, Math.max(0, index)).reduce((sum, { seconds }) => sum + seconds, 0) + (at?.afterSeconds ?? 0);
};
