import { expect, test } from 'vitest';
import { demandAllSettings } from './all-settings.ts';

test('what is wrong for any process is told at once, each mistake once', () => {
  const demand = () =>
    demandAllSettings({
      FAULTLINE_UDP_PORT: '99999',
      FAULTLINE_RETENTION_DAYS: 'x',
      FAULTLINE_EXPORT_LIMIT_SECONDS: '-',
      FAULTLINE_PROT: '1',
    });
  expect(demand).toThrow(
    /FAULTLINE_PROT[^]*FAULTLINE_UDP_PORT is '99999'[^]*FAULTLINE_RETENTION_DAYS is 'x'[^]*FAULTLINE_EXPORT_LIMIT_SECONDS is '-'/,
  );
  expect(demand).not.toThrow(/FAULTLINE_PROT[^]*FAULTLINE_PROT/);
});

test('without a mistake they are those of npm start', () => {
  expect(demandAllSettings({ FAULTLINE_API_KEYS: 'required' })).toMatchObject({ apiKeys: 'required', databaseUrl: null });
  for (const empty of ['', ' ']) expect(demandAllSettings({ DATABASE_URL: empty })).toMatchObject({ databaseUrl: null });
  expect(demandAllSettings({ DATABASE_URL: 'postgresql://db/faultline' })).toMatchObject({ databaseUrl: 'postgresql://db/faultline' });
});
