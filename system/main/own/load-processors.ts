// A team's own processors, found out at start: each file is loaded in a thread of its own, so that one that never comes to an end is ended.
import { extname, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../../contract/message-of.ts';
import { SystemError } from '../../contract/system-error.ts';
import type { ProcessorDescription } from './describe.ts';
import type { DescribeAnswer } from './describe-thread.ts';

/** Of labels, threads and connections there are as many as of processors. */
const mostProcessors = 16;
const longestLoadMs = 10_000;

export type LoadOptions = { readonly leaseMs: number; readonly deadlineMs: number };

/** Throws a SystemError with every problem of every file, one a line: the file, what is wrong, what to do. */
export const loadProcessors = async (files: readonly string[] | null, options: LoadOptions): Promise<readonly ProcessorDescription[]> => {
  const paths = [...new Set((files ?? []).map((file) => resolve(file)))];
  if (paths.length > mostProcessors) throw invalid([`FAULTLINE_PROCESSORS names ${paths.length} files: give at most ${mostProcessors}.`]);
  const answers = await Promise.all(paths.map(async (file) => ({ file, answer: await describeInThread(file) })));
  const found = answers.flatMap(({ answer }) => ('description' in answer ? [answer.description] : []));
  const problems: readonly string[] = [
    ...answers.flatMap(({ file, answer }) => ('problem' in answer ? answer.problem.split('\n').map((line) => `${file}: ${line}`) : [])),
    ...sameNames(found),
    ...found.flatMap((one) => [...slowOnes(one, options)]),
  ];
  if (problems.length > 0) throw invalid(problems);
  return found;
};

const invalid = (problems: readonly string[]) => new SystemError('FL_PROCESSOR_INVALID', problems.join('\n'), { details: { problems } });

function* sameNames(found: readonly ProcessorDescription[]): Iterable<string> {
  for (const [name, all] of Map.groupBy(found, (one) => one.name))
    if (all.length > 1)
      yield `${all.map(({ file }) => file).join(' and ')}: both are called '${name}'. Give each processor a name of its own.`;
}

/** Its transaction is open while it handles: the server ends one that idles for half of the lease. */
function* slowOnes({ file, deadlineMs, name }: ProcessorDescription, { leaseMs, deadlineMs: fallback }: LoadOptions): Iterable<string> {
  const longest = Math.floor(leaseMs / 2);
  const given = deadlineMs ?? fallback;
  if (given < longest) return;
  const where = deadlineMs === undefined ? 'FAULTLINE_HANDLER_DEADLINE_MS' : 'deadlineMs';
  yield `${file}: ${where} is ${given} for '${name}', but it has to be below half of FAULTLINE_LEASE_MS (${longest}). Lower it, or raise the lease.`;
}

const describeInThread = (file: string): Promise<DescribeAnswer> => {
  const entry = new URL(`./describe-thread${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(entry, { workerData: { file }, name: 'describe', resourceLimits: { maxOldGenerationSizeMb: 256 } });
  const { promise, resolve: answer } = Promise.withResolvers<DescribeAnswer>();
  const late = setTimeout(
    () =>
      answer({
        problem: `It did not come to an end of loading within ${longestLoadMs / 1000} s: what takes long belongs into \`handle\`.`,
      }),
    longestLoadMs,
  );
  worker.once('message', answer);
  worker.once('error', (error) => answer({ problem: `It ends its thread as it loads: ${messageOf(error)}` }));
  worker.once('exit', (code) => answer({ problem: `It ends its thread as it loads, with exit code ${code}.` }));
  return promise.finally(() => {
    clearTimeout(late);
    void worker.terminate();
  });
};
