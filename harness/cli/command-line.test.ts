import { describe, expect, test } from 'vitest';
import type { Scenario } from '../scenario/scenario.ts';
import { parseJudgeOptions } from './judge-options.ts';
import { chooseScenarios } from './load-scenarios.ts';
import { didYouMean, nearNames } from './near-names.ts';
import { largestSeed, parseVerifyOptions, type VerifyOptions } from './verify-options.ts';
import { leftoverWarnings } from './warn-leftovers.ts';

const parse = (parameters: readonly string[], environment = {}) => parseVerifyOptions(parameters, environment, () => 0.5);

describe('names that come near', () => {
  const known = ['steady', 'spike', 'poison-messages', 'consumer-crash', 'out-of-order'];

  test.each([
    ['stedy', ['steady']],
    ['Spike', ['spike']],
    ['poison', ['poison-messages']],
    ['consumer-krash', ['consumer-crash']],
    ['qwertyuiop', []],
  ])('%s', (typed, near) => {
    expect(nearNames(typed, known)).toEqual(near);
  });

  test('nothing near is nothing said', () => {
    expect(didYouMean('qwertyuiop', known)).toBe('');
    expect(didYouMean('spik', known)).toBe(' Did you mean spike?');
  });
});

describe('verify’s command line', () => {
  test('without anything runs everything with a seed of its own', () => {
    expect(parse([])).toMatchObject({
      scenarios: [],
      all: false,
      seed: Math.floor(largestSeed / 2),
      list: false,
      plan: false,
      keep: false,
      json: false,
    });
  });

  test('takes scenarios, once each, and every flag', () => {
    const options = parse(['spike', 'steady', 'spike', '--seed', '7', '--keep', '--json', '--report', '/tmp/somewhere']) as VerifyOptions;
    expect(options).toMatchObject({ scenarios: ['spike', 'steady'], seed: 7, keep: true, json: true, reportFolder: '/tmp/somewhere' });
  });

  test('the system’s folder can come from the environment, and the flag wins', () => {
    expect(parse([], { FAULTLINE_SYSTEM_DIR: '/tmp/a' })).toMatchObject({ systemFolder: '/tmp/a' });
    expect(parse(['--system', '/tmp/b'], { FAULTLINE_SYSTEM_DIR: '/tmp/a' })).toMatchObject({ systemFolder: '/tmp/b' });
  });

  test('help is text with the exit codes, and does not show what is only for planted defects', () => {
    const { help } = parse(['--help']) as { readonly help: string };
    expect(help).toContain('130  interrupted');
    expect(help).not.toContain('--system');
  });

  test.each([
    [['--sed', '7'], /unknown option --sed\. Did you mean --seed\?/],
    [['--lst'], /unknown option --lst\. Did you mean --list\?/],
    [['--zzzzzzzzzzzzz'], /unknown option --zzzzzzzzzzzzz\. See/],
    [['--seed', '-1'], /seed/],
    [['--seed', '1.5'], /whole number from 0 to/],
    [['--seed', '99999999999'], /whole number from 0 to/],
    [['--seed'], /--seed.*argument missing/],
    [['--report'], /--report.*argument missing/],
    [['--rate', '500'], /--rate is that of a soak: add --soak/],
    [['steady', '--all'], /--all runs every scenario: name none beside it/],
  ])('%s is a mistake that is explained', (parameters, message) => {
    expect(() => parse(parameters)).toThrow(
      expect.objectContaining({ code: 'FL_USAGE', message: expect.stringMatching(message) as string }),
    );
  });
});

describe('judge’s command line', () => {
  test('takes a folder', () => {
    expect(parseJudgeOptions(['/tmp/run'])).toEqual({ folder: '/tmp/run', write: false, json: false, trace: null });
  });

  test.each([
    [[], /name the folder of a run/],
    [['a', 'b'], /too many arguments/],
    [['a', '--writ'], /Did you mean --write\?/],
  ])('%s is a mistake that is explained', (parameters, message) => {
    expect(() => parseJudgeOptions(parameters)).toThrow(
      expect.objectContaining({ code: 'FL_USAGE', message: expect.stringMatching(message) as string }),
    );
  });
});

describe('scenarios', () => {
  const all = ['steady', 'spike'].map((name) => ({ name, scenario: { name } as Scenario, problems: [], source: null }));
  const extra = { name: 'ramp', scenario: { name: 'ramp', set: 'extra' } as Scenario, problems: [], source: null };
  const asked = (...scenarios: string[]) => ({ scenarios, all: false });

  test('come in the order in which they were asked for', () => {
    expect(chooseScenarios(all, asked('spike', 'steady')).map(({ name }) => name)).toEqual(['spike', 'steady']);
    expect(chooseScenarios(all, asked())).toEqual(all);
  });

  test('outside of the default set run by their name, or with all', () => {
    expect(chooseScenarios([...all, extra], asked())).toEqual(all);
    expect(chooseScenarios([...all, extra], asked('ramp'))).toEqual([extra]);
    expect(chooseScenarios([...all, extra], { scenarios: [], all: true })).toEqual([...all, extra]);
  });

  test('an unknown one names what comes near, and what there is', () => {
    expect(() => chooseScenarios(all, asked('spik'))).toThrow(
      /no scenario is called spik\. Did you mean spike\? There are: steady, spike\./,
    );
  });
});

describe('what earlier runs have left', () => {
  test('is named with what to do, and a run that is under way is not called half-finished', () => {
    const warnings = leftoverWarnings(
      {
        stale: [
          { kind: 'process', run: 'a', role: 'worker', pid: 4711, at: 0 },
          { kind: 'folder', run: 'a', path: '/tmp/faultline-x', at: 0 },
          { kind: 'mount', run: 'a', path: '/tmp/faultline-x', at: 0 },
          { kind: 'project', run: 'a', name: 'faultline-run-a', at: 0 },
        ],
        running: [{ run: 'b', pid: 42 }],
      },
      [
        { path: '/runs/a', manifest: null },
        { path: '/runs/b', manifest: null },
      ],
    );
    expect(warnings).toEqual([
      expect.stringContaining('run b is under way (pid 42)'),
      expect.stringContaining('kill 4711'),
      expect.stringContaining('docker compose --project-name faultline-run-a down --volumes'),
      expect.stringContaining('umount /tmp/faultline-x'),
      expect.stringContaining('rm -r /tmp/faultline-x'),
      expect.stringContaining('/runs/a is no finished run'),
    ]);
  });

  test('many of a kind are counted, not listed', () => {
    const stale = Array.from({ length: 9 }, (_, pid) => ({ kind: 'process', run: 'a', role: 'worker', pid, at: 0 }) as const);
    expect(leftoverWarnings({ stale, running: [] }, []).at(-1)).toContain('4 more');
  });
});
