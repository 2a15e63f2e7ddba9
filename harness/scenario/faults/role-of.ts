// The role of the process that a fault is aimed at; null for those of a link, the database or the machine.
import type { VictimRole } from '../process-role.ts';
import type { Fault } from '../scenario.ts';

export const roleOf = (fault: Fault | undefined): VictimRole | null => (fault !== undefined && 'role' in fault ? fault.role : null);
