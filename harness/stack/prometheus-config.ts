// A run's own copy of grafana/prometheus/prometheus.yml: the rules of the run instead of those for production, evaluated as often as runs need it.
// The rule files are copied beside it, so that the folder says what was evaluated, and can be mounted into a container as it is.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { parseDocument } from 'yaml';

export type PrometheusRules = { readonly ruleFiles: readonly string[]; readonly evaluationSeconds: number };

/** What Prometheus, by Go's filepath.Match, takes for a pattern, though it is a name. */
const literally = (path: string): string => path.replaceAll(/[*?[\\]/g, String.raw`\$&`);
const isLiteral = (path: string): boolean => literally(path) === path;

/**
 * `copy`: the name of each rule file's copy. `pattern`: how a configuration beside it names that. Prometheus puts the folder of its configuration before a
 * relative pattern: where that is none that it would find again, the pattern has all of it.
 */
export const ruleNames = (ruleFiles: readonly string[], folder: string): readonly { readonly copy: string; readonly pattern: string }[] =>
  ruleFiles.map((file, index) => {
    const copy = `${index}-${basename(file)}`;
    const whole = resolve(folder);
    return { copy, pattern: literally(isLiteral(whole) ? copy : join(whole, copy)) };
  });

/** The same configuration, wherever it lies: with the rules that it names from `folder`. */
export const rulesFrom = (configuration: string, folder: string): string => {
  const document = parseDocument(configuration);
  const { rule_files: patterns = [] } = document.toJS() as { readonly rule_files?: readonly string[] };
  const whole = (pattern: string): string => join(literally(resolve(folder, dirname(pattern))), basename(pattern));
  document.set(
    'rule_files',
    patterns.map((pattern) => (pattern.startsWith('/') ? pattern : whole(pattern))),
  );
  return document.toString();
};

/** `names`: of the rule files, as the configuration shall name them. Comments and everything else stay. */
export const withRules = (configuration: string, names: readonly string[], evaluationSeconds: number): string => {
  const document = parseDocument(configuration);
  document.setIn(['global', 'evaluation_interval'], `${evaluationSeconds}s`);
  document.set('rule_files', names);
  return document.toString();
};

/** Writes the configuration and the rules into `folder`, which Prometheus sees as `seenAs`; resolves to the path of the configuration. */
export const writePrometheusConfig = async (
  original: string,
  folder: string,
  { ruleFiles, evaluationSeconds, seenAs = folder }: PrometheusRules & { readonly seenAs?: string },
): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const names = ruleNames(ruleFiles, seenAs);
  await Promise.all(ruleFiles.map((file, index) => copyFile(file, join(folder, names[index]?.copy ?? ''))));
  const path = join(folder, 'prometheus.yml');
  const patterns = names.map(({ pattern }) => pattern);
  await writeFile(path, withRules(await readFile(original, 'utf8'), patterns, evaluationSeconds));
  return path;
};

/** The original itself, or a copy of it in `folder` where Prometheus would not find the rules that lie beside the original. */
export const findableConfig = async (original: string, folder: string): Promise<string> => {
  if (isLiteral(original)) return original;
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'prometheus.yml');
  await writeFile(path, rulesFrom(await readFile(original, 'utf8'), dirname(original)));
  return path;
};
