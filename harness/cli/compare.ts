// `npm run compare`: UDP, HTTP one row a request and HTTP group commit under the same traffic and the same faults. One table, and one page of plots.
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { createWorkshop } from '../bench/workshop.ts';
import { candidatesIn } from '../compare/candidates.ts';
import { measureCost, type Cost } from '../compare/measure-cost.ts';
import { renderComparison } from '../compare/page.ts';
import { type FaultRun, runFault } from '../compare/run-fault.ts';
import { choices, tableMarkdown, tableText } from '../compare/table.ts';
import { explain, HarnessError } from '../engine/errors.ts';
import { checkWritable } from '../engine/preflight.ts';
import { createDatabase } from '../targets/database.ts';
import { startPostgres } from '../targets/faultline/postgres-server.ts';
import { watchProgram } from './interruption.ts';
import { ownSystemFolder, root } from './parts.ts';

const costEvents = { answered: 20_000, rowByRow: 5000 };

const parse = (parameters: readonly string[]): { readonly out: string; readonly markdown: boolean } => {
  const program = new Command('compare')
    .description('Compares three front doors under the same traffic and faults: takes two minutes.')
    .option('--out <folder>', 'where the page goes', join('runs', 'compare'))
    .option('--markdown', 'print the table as Markdown', false)
    .exitOverride();
  program.parse(parameters, { from: 'user' });
  return program.opts();
};

const say = (text: string): void => console.error(`… ${text}`);

const measure = async (signal: AbortSignal): Promise<{ readonly costs: readonly Cost[]; readonly runs: readonly FaultRun[] }> => {
  await using workshop = await createWorkshop();
  const { registry, logFolder } = workshop;
  const logFile = join(logFolder, 'postgres.log');
  const server = workshop.use(await startPostgres({ systemFolder: ownSystemFolder, registry, logFile, signal }));
  const [costs, runs]: [Cost[], FaultRun[]] = [[], []];
  for (const [place, candidate] of candidatesIn({ root, logFolder, registry }).entries()) {
    const database = (what: string): Promise<string> => createDatabase(server.url, `compare_${place}_${what}`);
    signal.throwIfAborted();
    say(`${candidate.name}: what it costs`);
    const events = candidate.name === 'HTTP, one row a request' ? costEvents.rowByRow : costEvents.answered;
    costs.push(await measureCost(candidate, await database('cost'), server.pid(), events));
    for (const fault of ['kill -9 of the door', 'immediate stop of the database'] as const) {
      signal.throwIfAborted();
      say(`${candidate.name}: ${fault}`);
      runs.push(await runFault({ candidate, database: await database(fault.startsWith('kill') ? 'kill' : 'stop'), server, fault }));
    }
  }
  return { costs, runs };
};

const main = async (): Promise<number> => {
  using interrupted = watchProgram();
  try {
    const { out, markdown } = parse(process.argv.slice(2));
    const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}`;
    await checkWritable(out, 'the folder for the comparison', 'choose another with --out FOLDER');
    const comparison = await measure(interrupted.signal);
    console.log(`${machine}\n`);
    console.log(markdown ? tableMarkdown(comparison) : tableText(comparison));
    console.log('\nWhich one for which need:');
    for (const [need, choose] of choices) console.log(`  ${choose}: ${need}.`);
    // Last: what was measured is on the screen by now, whatever becomes of the page.
    const page = join(out, 'compare.html');
    await writeFile(page, await renderComparison(comparison, machine));
    console.log(`\n${page}`);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 3;
    console.error(`${error instanceof HarnessError ? error.code : 'compare'}: ${explain(error)}`);
    return interrupted.signal.aborted ? 130 : 3;
  }
};

process.exitCode = await main();
