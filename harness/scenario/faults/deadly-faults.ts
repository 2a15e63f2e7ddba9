// Faults by which a process ends in the middle of its work, without a word: whatever it alone held is gone.
import type { Fault } from '../scenario.ts';

export const deadlyFaults: readonly Fault['kind'][] = ['kill', 'crash-loop', 'slow-start', 'clock', 'bad-release'];
