import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPrograms } from './find-programs.ts';
import { grafanaHome, planGrafana } from './plan-grafana.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'faultline-test-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const put = (name: string, mode = 0o755): string => {
  const path = join(folder, name);
  writeFileSync(path, '');
  chmodSync(path, mode);
  return path;
};

test('programs are found on PATH, or where a variable says', () => {
  const [prometheus, tempo, loki, other] = [put('prometheus'), put('tempo'), put('loki'), put('my-loki')];
  const environment = { PATH: `/nowhere:${folder}` };
  expect(findPrograms(environment, [])).toEqual({ prometheus, tempo, loki });
  expect(findPrograms({ ...environment, FAULTLINE_LOKI: other }, [])).toMatchObject({ loki: other });
});

test('Grafana is used where it is there and not left out, under either name', () => {
  for (const name of ['prometheus', 'tempo', 'loki', 'grafana']) put(name);
  expect(findPrograms({ PATH: folder }, [])).toMatchObject({ grafana: join(folder, 'grafana') });
  put('grafana-server');
  expect(findPrograms({ PATH: folder }, [])).toMatchObject({ grafana: join(folder, 'grafana-server') });
  expect(findPrograms({ PATH: folder }, ['grafana'])).not.toHaveProperty('grafana');
});

test('all that is missing is named, with where it comes from; a file that is no program is missing, too', () => {
  put('prometheus');
  put('tempo', 0o644);
  mkdirSync(join(folder, 'loki'));
  expect(() => findPrograms({ PATH: folder }, [])).toThrow(
    /lacks tempo, loki:\n {2}tempo 3\.0: put the program tempo on PATH or name it in FAULTLINE_TEMPO; it comes from https:\S+\n {2}loki 3\.7/,
  );
});

test('a variable that names no program is a mistake of its own, not a reason to look on PATH', () => {
  for (const name of ['prometheus', 'tempo', 'loki']) put(name);
  expect(() => findPrograms({ PATH: folder, FAULTLINE_TEMPO: '/no/tempo' }, [])).toThrow(
    'FAULTLINE_TEMPO is /no/tempo, which is no program',
  );
});

test("Grafana's own files are above its bin/, or where a package puts them, or it is said that they are not", () => {
  const only = (home: string) => (path: string) => path === join(home, 'conf/defaults.ini');
  expect(grafanaHome('/opt/grafana-13.2.3/bin/grafana', only('/opt/grafana-13.2.3'))).toBe('/opt/grafana-13.2.3');
  expect(grafanaHome('/usr/sbin/grafana-server', only('/usr/share/grafana'))).toBe('/usr/share/grafana');
  expect(() => grafanaHome('/usr/bin/grafana', () => false)).toThrow('no conf/defaults.ini in /usr or /usr/share/grafana');
});

test("Grafana is given the repository's provisioning, the addresses of the others and a port on loopback", () => {
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'conf'));
  put('conf/defaults.ini');
  const ports = { prometheus: 1, tempo: 2, loki: 3, grafana: 4, tempoOtlp: 5, tempoGrpc: 6, lokiGrpc: 7 };
  const place = { ports, dataFolder: '/data', configFolder: '/grafana', prometheusConfig: '', metricInterval: '10s' };
  const { args, env, readyUrl } = planGrafana({ ...place, program: put('bin/grafana') });
  expect(args[0]).toBe('server');
  expect(args.slice(1)).toEqual([expect.stringMatching(/^--homepath=/), '--config=/grafana/grafana.ini']);
  expect(planGrafana({ ...place, program: put('bin/grafana-server') }).args[0]).toMatch(/^--homepath=/);
  expect(env).toMatchObject({
    GF_SERVER_HTTP_ADDR: '127.0.0.1',
    GF_PATHS_PROVISIONING: '/grafana/provisioning',
    DASHBOARDS_FOLDER: '/grafana/dashboards',
    PROMETHEUS_URL: 'http://127.0.0.1:1',
    LOKI_URL: 'http://127.0.0.1:3',
    METRIC_INTERVAL: '10s',
  });
  expect(readyUrl).toBe('http://127.0.0.1:4/api/health');
});
