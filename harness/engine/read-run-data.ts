// Reads a scenario's folder back: all that judging may look at. What cannot be read is named by file; what a run never wrote is said to be missing.
import { access, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readBooks } from '../history/book-sample.ts';
import { readFinalState } from '../history/final-state-file.ts';
import { readConsumed } from '../history/consumed-line.ts';
import { readHistory } from '../history/read-history.ts';
import { readReads } from '../history/read-operation.ts';
import { createDictionaries } from '../history/columns/dictionary.ts';
import { explain, HarnessError } from './errors.ts';
import { takenSignals } from './kept-signals.ts';
import { readMachineFile } from './machine/machine-file.ts';
import type { AlertsRecord, FaultEvidence, RunData, RunTimeline, ScenarioPlan, SignalsRecord } from './run-data.ts';
import { scenarioFiles } from './scenario-files.ts';

export const formatVersion = 1;

/** Rejects with FL_RUN_FOLDER or FL_FORMAT_VERSION. A missing signals.json is a silent witness: `signals` is null. */
export const readRunData = async (folder: string): Promise<RunData> => {
  const files = scenarioFiles(folder);
  const plan = await readJson<ScenarioPlan>(files.plan);
  checkFormat(files.plan, plan.format);
  // The same identities and hashes stand in both files.
  const dictionaries = createDictionaries();
  const [timeline, evidence, signals, alerts, history, finalState, machine, reads, consumed, books] = await Promise.all([
    readJson<RunTimeline>(files.timeline),
    readJson<readonly FaultEvidence[]>(files.evidence),
    readJson<SignalsRecord | null>(files.signals, null),
    readJson<AlertsRecord | null>(files.alerts, null),
    named(files.history, readHistory(files.history, dictionaries)),
    named(files.finalState, readFinalState(files.finalState, dictionaries)),
    named(files.machine, readMachineFile(files.machine)),
    ifThere(files.reads, readReads),
    ifThere(files.consumed, readConsumed),
    ifThere(files.books, readBooks),
  ]);
  dictionaries.trim();
  return {
    plan,
    timeline,
    evidence,
    signals: signals === null ? null : takenSignals(signals),
    // Written before there was detection: it holds a note, and no rules.
    alerts: alerts?.rules === undefined ? null : alerts,
    machine: machine.samples,
    machineComplete: machine.complete,
    operations: history.operations,
    historyComplete: history.complete,
    reads,
    consumed,
    books,
    finalState: finalState.rows,
    finalStateComplete: finalState.complete,
  };
};

/** Not every run has it; null where it is not there. */
const ifThere = async <Value>(path: string, read: (path: string) => Promise<Value>): Promise<Value | null> =>
  (await access(path).then(
    () => true,
    () => false,
  ))
    ? named(path, read(path))
    : null;

/** With a fallback a file may be missing; it may never be damaged. */
export const readJson = async <Value>(path: string, fallback?: Value): Promise<Value> => {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && fallback !== undefined) return null;
    throw unreadable(path, error);
  });
  if (text === null) return fallback as Value;
  const parsed = parse(path, text);
  if (typeof parsed === 'object' && parsed !== null) return parsed as Value;
  throw unreadable(path, new Error(`it holds ${JSON.stringify(parsed)}, and no object or list`));
};

const parse = (path: string, text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw unreadable(path, error);
  }
};

export const checkFormat = (path: string, format: unknown): void => {
  if (format === formatVersion) return;
  const what = `${path} has format version ${JSON.stringify(format) ?? 'none'}, and this harness reads version ${formatVersion}`;
  throw new HarnessError('FL_FORMAT_VERSION', `${what}; judge it with the commit that wrote it (run.json names it)`);
};

const named = async <Value>(path: string, reading: Promise<Value>): Promise<Value> => {
  try {
    return await reading;
  } catch (error) {
    throw unreadable(path, error);
  }
};

const unreadable = (path: string, error: unknown): HarnessError =>
  (error as NodeJS.ErrnoException).code === 'ENOENT'
    ? new HarnessError('FL_RUN_FOLDER', `${path} is missing: the run did not get as far as writing its ${basename(path)}`)
    : new HarnessError('FL_RUN_FOLDER', `${path} cannot be read: ${explain(error)}`, { cause: error });
