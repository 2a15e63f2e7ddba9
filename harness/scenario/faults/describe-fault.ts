// A fault in words, for the plan on the console, for the report and for what the harness tells of a run.
import { type OperatorEffect, replaysPerSecond } from './operator-fault.ts';
import type { Fault } from '../scenario.ts';
import type { DatabaseFault } from './database-fault.ts';
import type { DatagramFault } from './datagram-fault.ts';
import type { NetworkFault, Way } from './network-fault.ts';

export const describeFault = (fault: Fault): string => {
  const victim = 'role' in fault ? `${fault.role} ${fault.index}` : '';
  switch (fault.kind) {
    case 'kill': {
      const where = fault.inside === 'transaction' ? ' inside an open transaction' : '';
      return `kill -9 of ${victim}${where}, started again after ${fault.restartAfterSeconds} s`;
    }
    case 'pause':
      return `${victim} is stopped (SIGSTOP) for ${fault.seconds} s, then goes on`;
    case 'crash-loop':
      return `kill -9 of ${victim}, ${fault.times} times, each ${fault.everySeconds} s after it was ready again`;
    case 'restart':
      return `${victim} is stopped in order (SIGTERM) and started again`;
    case 'slow-start':
      return `kill -9 of ${victim}, whose new start takes ${fault.seconds} s longer`;
    case 'descriptors':
      return `${victim} may open ${fault.spare ?? 0} more descriptors, for ${fault.seconds} s`;
    case 'clock':
      return `${victim} is started anew with a clock ${fault.offsetMs} ms off${drift(fault.driftPpm)}, for ${fault.seconds} s`;
    case 'bad-release':
      return `${victim} runs a bad release of its processor, for ${fault.seconds} s`;
    case 'cpu-pressure':
      return `${fault.burners} processes burn CPU time beside the target, for ${fault.seconds} s`;
    case 'memory-pressure':
      return `${fault.megabytes} MiB of memory are taken, for ${fault.seconds} s`;
    case 'network':
      return `${fault.link}: ${describeEffect(fault)}, for ${fault.seconds} s`;
    case 'datagrams':
      return `${fault.link}: ${describeDatagrams(fault)}, for ${fault.seconds} s`;
    case 'database':
      return `the database: ${describeDatabase(fault)}, for ${fault.seconds} s`;
    case 'import':
      return `${fault.lines} past events are imported at up to ${fault.ratePerSecond} a second; the client is killed on the way, then the process that appends`;
    case 'operator':
      return `an operator ${operatorsWork[fault.effect]}, within ${fault.seconds} s`;
    case 'container':
      return `container ${fault.container}: ${fault.effect} for ${fault.seconds} s`;
  }
};

const operatorsWork: Readonly<Record<OperatorEffect, string>> = {
  rebuild: 'builds a read model anew, switches to it and back',
  erase: 'erases two objects beside a replay and a rebuild',
  replay: `mends all dead letters and replays them, ${replaysPerSecond} a second`,
};

const drift = (ppm = 0): string => (ppm === 0 ? '' : ` that drifts by ${ppm} ppm`);
const ways = (way: Way = 'both'): string => (way === 'both' ? 'each way' : way);

const describeEffect = (fault: NetworkFault): string => {
  switch (fault.effect) {
    case 'latency':
      return `${fault.latencyMs} ms later ${ways(fault.way)}${fault.jitterMs === undefined ? '' : `, jitter up to ${fault.jitterMs} ms`}`;
    case 'bandwidth':
      return `${fault.bytesPerSecond} bytes/s ${ways(fault.way)}`;
    case 'cut':
      return 'connections are closed, new ones too';
    case 'half-open':
      return 'the far ends go away and the near ends are not told';
    case 'reset':
      return 'all connections are reset';
    case 'slow-close':
      return `ends are told ${fault.delayMs} ms late`;
    case 'black-hole':
      return 'nothing comes through, and nobody is told';
    case 'swallow-commit':
      return `the answer to ${fault.statement ?? 'COMMIT'} is thrown away, ${fault.times} times`;
  }
};

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

const describeDatagrams = (fault: DatagramFault): string => {
  switch (fault.effect) {
    case 'loss':
      return `${percent(fault.share)} are lost`;
    case 'reorder':
      return `${percent(fault.share)} come up to ${fault.withinMs} ms later`;
    case 'duplicate':
      return `${percent(fault.share)} come twice`;
    case 'corrupt':
      return `one bit of ${percent(fault.share)} is turned over`;
  }
};

const describeDatabase = (fault: DatabaseFault): string => {
  switch (fault.effect) {
    case 'restart':
      return `stopped (${fault.how})`;
    case 'lock':
      return 'the read model is locked';
    case 'connections':
      return 'all connections are taken';
    case 'disk-full':
      return 'its disk is full';
    case 'read-only':
      return 'read-only';
    case 'idle-transaction':
      return `a transaction that has written idles${fault.elsewhere === true ? ' in another database' : ''}`;
    case 'long-snapshot':
      return 'a snapshot is held';
  }
};
