// The process of the UDP driver.
import { runDriverProcess } from '../driver-process.ts';
import { openUdpSocket } from './udp-socket.ts';
import type { UdpJob } from './protocol.ts';
import { prepareUdpJob } from './run-job.ts';

await runDriverProcess<UdpJob>(async (job, own) => {
  const socket = openUdpSocket(job.to);
  const run = prepareUdpJob(job, socket, own);
  return {
    run: (zeroAt, report) => run({ zeroAt, report }),
    [Symbol.asyncDispose]: () => socket[Symbol.asyncDispose](),
  };
});
