// Sabotage of the harness itself: a run that proves nothing must say so, with the reason (exit 2), and never be green.
import type { SelftestCase } from './case.ts';

export const sabotages: readonly SelftestCase[] = [
  {
    name: 'telemetry-receiver-killed',
    defect: 'the telemetry receiver is killed while the traffic flows',
    scenario: 'steady',
    exitCode: 2,
    namedBy: ['validity/telemetry'],
    edits: [],
    sabotage: { role: 'stack', signal: 'SIGKILL', afterSeconds: 5 },
  },
  {
    name: 'generator-starved',
    defect: 'the generator of the traffic is stopped for 3 s',
    scenario: 'steady',
    exitCode: 2,
    namedBy: ['validity/generator'],
    edits: [],
    sabotage: { role: 'driver', signal: 'SIGSTOP', afterSeconds: 5, resumeAfterSeconds: 3 },
  },
  {
    name: 'fault-without-effect',
    defect: 'the fault "kill" sends its signal to nobody',
    scenario: 'consumer-crash',
    exitCode: 2,
    namedBy: ['validity/faults-took-effect'],
    edits: [{ file: 'harness/faults/strike.ts', find: "victim.kill('SIGKILL')", replace: 'true' }],
  },
];
