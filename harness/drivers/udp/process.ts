// The process of the UDP driver.
import { runDriverProcess } from '../driver-process.ts';
import { openUdpSocket } from './udp-socket.ts';
import type { UdpJob } from './protocol.ts';
import { runUdpJob } from './run-job.ts';

await runDriverProcess<UdpJob>(async (job, own) => {
  const socket = openUdpSocket(job.to);
  return {
    run: (zeroAt, report) => runUdpJob(job, socket, { plan: own, zeroAt, report }),
    [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
  };
});
