// How long judging takes, and how much memory, for a million operations: a folder in which nothing is wrong, judged by the command that a user has, in a process of its own.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { RunManifest } from '../engine/run-data.ts';
import { writeJson } from '../engine/write-json.ts';
import { figure, type Figure } from './figure.ts';
import { writeJudgeFolder } from './judge-folder.ts';

const operations = 1_000_000;
const withinMs = 300_000;
const program = fileURLToPath(new URL('../cli/judge.ts', import.meta.url));
/** Says at its end what the process has used, whatever it was. */
const meter = `process.on('exit', () => process.stderr.write('\\nused ' + JSON.stringify({ rssKilobytes: process.resourceUsage().maxRSS, seconds: process.uptime() }) + '\\n'));`;

export const benchJudge = async (say: (text: string) => void, signal: AbortSignal): Promise<readonly Figure[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-bench-judge-'));
  try {
    say(`writing ${operations.toLocaleString('en')} operations and what became of them`);
    const { bytes } = await writeJudgeFolder(join(folder, 'made'), operations);
    await writeJson(join(folder, 'run.json'), manifest);
    await writeFile(join(folder, 'meter.mjs'), meter);
    say(`judging ${Math.round(bytes / 1_000_000)} MB`);
    const { seconds, megabytes } = await judgeFolder(folder, signal);
    return [
      figure('judging a million operations: time', seconds, 's', null, { of: 'value', atMost: 15 }),
      figure('judging a million operations: peak memory (RSS)', megabytes, 'MB', null, { of: 'value', atMost: 500 }),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const manifest: RunManifest = {
  format: 1,
  id: 'made',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: null,
  state: 'finished',
  seed: 1,
  scenarios: ['made'],
  runtime: 'embedded',
  versions: {},
  machine: { cpus: 0, model: '', memoryBytes: 0, platform: '' },
  commit: null,
};

/** The folder has no telemetry, so the verdict is inconclusive; a proven violation, or none at all, would be another thing than what is to be measured. */
const judgeFolder = async (
  folder: string,
  cancelSignal: AbortSignal,
): Promise<{ readonly seconds: number; readonly megabytes: number }> => {
  const parameters = ['--import', join(folder, 'meter.mjs'), program, folder, '--json'];
  const ended = await execa(process.execPath, parameters, { reject: false, stdin: 'ignore', timeout: withinMs, cancelSignal });
  const used = /^used (.*)$/m.exec(ended.stderr)?.[1];
  if (ended.exitCode !== 2 || used === undefined)
    throw new Error(
      `judge ended with ${ended.exitCode ?? ended.signal ?? 'nothing'}, not 2: nothing was measured. ${ended.stderr.slice(-300)}`,
    );
  demandJudged(ended.stdout);
  const { rssKilobytes, seconds } = JSON.parse(used) as { readonly rssKilobytes: number; readonly seconds: number };
  return { seconds, megabytes: (rssKilobytes * 1024) / 1_000_000 };
};

const mustPass = [
  'safety/lost',
  'safety/phantom',
  'safety/duplicate-in-log',
  'safety/duplicate-effect',
  'safety/order-per-key',
  'safety/read-model',
  'safety/accounting',
];

const demandJudged = (stdout: string): void => {
  const verdict = JSON.parse(stdout) as {
    readonly scenarios: readonly { readonly results: readonly { readonly id: string; readonly outcome: string }[] }[];
  };
  const passed = new Set(
    verdict.scenarios.flatMap(({ results }) => results.filter(({ outcome }) => outcome === 'pass').map(({ id }) => id)),
  );
  const missing = mustPass.filter((id) => !passed.has(id));
  if (missing.length > 0) throw new Error(`${missing.join(', ')} did not pass: nothing was measured`);
};
