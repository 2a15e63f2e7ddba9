// The real programs read our configuration files, where they are on PATH.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

const isOnPath = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((place) => place !== '' && existsSync(join(place, name)));

const run = (program: string, ...args: string[]) => promisify(execFile)(program, args, { cwd: root });

test.skipIf(!isOnPath('promtool'))('promtool accepts the configuration of Prometheus, rules and all', async () => {
  expect((await run('promtool', 'check', 'config', 'grafana/prometheus/prometheus.yml')).stdout).toContain(
    'is valid prometheus config file syntax',
  );
});

test.skipIf(!isOnPath('tempo'))('Tempo accepts its own, as a container has it', async () => {
  const reading = run('tempo', '-config.file=grafana/tempo/tempo.yml', '-config.expand-env=true', '-config.verify=true');
  await expect(reading).resolves.toBeDefined();
});

test.skipIf(!isOnPath('loki'))('Loki accepts its own, as a container has it', async () => {
  const reading = run('loki', '-config.file=grafana/loki/loki.yml', '-config.expand-env=true', '-verify-config');
  await expect(reading).resolves.toBeDefined();
});

test.skipIf(!isOnPath('docker-compose'))('compose accepts its file, with every profile', async () => {
  const file = ['-f', 'docker-compose.observability.yml'];
  const { stdout } = await run('docker-compose', ...file, '--profile', 'collector', 'config', '--services');
  expect(stdout.trim().split('\n').toSorted()).toEqual(['collector', 'grafana', 'loki', 'prometheus', 'tempo']);
});
