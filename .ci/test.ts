// `npm test`: every gate, then every test; ends with `N passed, N failed`, which counts both.
import { execa } from 'execa';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gates, type Gate } from './gates.ts';
import { root, runCommand } from './run-gate.ts';
import { endVariable, minutesVariable, testsEndMs } from './test-minutes.ts';
import { countTests, type TestCounts } from './vitest-summary.ts';

const runGate = async (gate: Gate): Promise<boolean> => {
  const { passed, output, seconds } = await runCommand(gate.command);
  console.log(`${passed ? 'pass' : 'FAIL'}  ${gate.name.padEnd(12)} ${seconds.toFixed(1)} s`);
  if (!passed) console.log(output.replace(/^/gm, '      '));
  return passed;
};

/** Two at a time, for two cores, in the order of the list. */
const runGates = async (): Promise<readonly boolean[]> => {
  const waiting = [...gates];
  const results: boolean[] = [];
  const lane = async (): Promise<void> => {
    for (let gate = waiting.shift(); gate; gate = waiting.shift()) results.push(await runGate(gate));
  };
  await Promise.all([lane(), lane()]);
  return results;
};

const runTests = async (): Promise<TestCounts> => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-report-'));
  const file = join(folder, 'tests.json');
  try {
    const result = await execa('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      preferLocal: true,
      env: endsAtMs === null ? {} : { [endVariable]: String(endsAtMs) },
      localDir: root,
      reject: false,
    });
    const report = await readFile(file, 'utf8').catch(() => null);
    return report === null ? { passed: 0, failed: 1, skipped: 0 } : countTests(report, !result.failed);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const readEnd = (): number | null => {
  try {
    return testsEndMs(process.env[minutesVariable], Date.now());
  } catch (error) {
    console.error((error as Error).message);
    return process.exit(1);
  }
};
const endsAtMs = readEnd();
const gateResults = await runGates();
const tests = await runTests();
const passedGates = gateResults.filter(Boolean).length;
const failedGates = gates.length - passedGates;

if (endsAtMs !== null && Date.now() > endsAtMs)
  console.log(
    `the ${process.env[minutesVariable]} minutes of ${minutesVariable} were over: tests of *.long.int.test.ts that had not begun by then are among the skipped`,
  );
console.log(
  `gates: ${passedGates} passed, ${failedGates} failed; tests: ${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`,
);
console.log(`${passedGates + tests.passed} passed, ${failedGates + tests.failed} failed`);
// No tests at all is no success.
process.exitCode = failedGates + tests.failed > 0 || tests.passed === 0 ? 1 : 0;
