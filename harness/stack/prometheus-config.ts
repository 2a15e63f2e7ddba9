// A run's own copy of grafana/prometheus/prometheus.yml: the rules of the run instead of those for production, evaluated as often as runs need it.
// The rule files are copied beside it, so that the folder says what was evaluated, and can be mounted into a container as it is.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseDocument } from 'yaml';

export type PrometheusRules = { readonly ruleFiles: readonly string[]; readonly evaluationSeconds: number };

/** `names`: of the rule files, as the configuration shall name them. Comments and everything else stay. */
export const withRules = (configuration: string, names: readonly string[], evaluationSeconds: number): string => {
  const document = parseDocument(configuration);
  document.setIn(['global', 'evaluation_interval'], `${evaluationSeconds}s`);
  document.set('rule_files', names);
  return document.toString();
};

/** Writes the configuration and the rules into `folder`; resolves to the path of the configuration. */
export const writePrometheusConfig = async (
  original: string,
  folder: string,
  { ruleFiles, evaluationSeconds }: PrometheusRules,
): Promise<string> => {
  await mkdir(folder, { recursive: true });
  const names = ruleFiles.map((file, index) => `${index}-${basename(file)}`);
  await Promise.all(ruleFiles.map((file, index) => copyFile(file, join(folder, names[index] as string))));
  const path = join(folder, 'prometheus.yml');
  await writeFile(path, withRules(await readFile(original, 'utf8'), names, evaluationSeconds));
  return path;
};
