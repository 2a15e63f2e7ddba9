import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestCertificate } from '../../contract/testing.ts';
import { isSystemError } from '../../contract/system-error.ts';
import { readTlsFiles } from './read-tls-files.ts';

let folder: string;
const good = createTestCertificate();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faultline-tls-test-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const file = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};

const refusalOf = async (tlsCertificate: string | null, tlsKey: string | null): Promise<string> => {
  const error: unknown = await readTlsFiles({ tlsCertificate, tlsKey }).catch((caught: unknown) => caught);
  if (!isSystemError(error)) return expect.unreachable(`no refusal, but ${String(error)}`);
  expect(error.code).toBe('FL_TLS_INVALID');
  expect(JSON.stringify([error.message, error.details])).not.toContain('BEGIN');
  return error.message;
};

test('without both there is no TLS; with both they are read', async () => {
  expect(await readTlsFiles({ tlsCertificate: null, tlsKey: null })).toBeNull();
  const files = { tlsCertificate: await file('good.pem', good.cert), tlsKey: await file('good.key', good.key) };
  expect(await readTlsFiles(files)).toEqual({ cert: Buffer.from(good.cert), key: Buffer.from(good.key) });
});

test('one without the other names the one that is missing', async () => {
  const path = await file('good.pem', good.cert);
  expect(await refusalOf(path, null)).toBe(
    'FAULTLINE_TLS_CERT is set without FAULTLINE_TLS_KEY: TLS needs a certificate and its key. Set both, or none.',
  );
  expect(await refusalOf(null, path)).toContain('FAULTLINE_TLS_KEY is set without FAULTLINE_TLS_CERT');
});

test('each file that can not be used is refused with its variable, its path and what is wrong with it', async () => {
  const [cert, key] = [await file('good.pem', good.cert), await file('good.key', good.key)];
  const missing = join(folder, 'missing');
  expect(await refusalOf(missing, key)).toBe(`FAULTLINE_TLS_CERT is '${missing}': there is no such file.`);
  expect(await refusalOf(cert, missing)).toBe(`FAULTLINE_TLS_KEY is '${missing}': there is no such file.`);
  expect(await refusalOf(folder, key)).toContain('that is a folder');
  expect(await refusalOf(await file('empty', ''), key)).toContain('no certificate in PEM');
  expect(await refusalOf(key, cert)).toContain('no certificate in PEM');
  expect(await refusalOf(cert, await file('noise', 'noise'))).toContain('no private key in PEM');
  expect(await refusalOf(cert, await file('other.key', createTestCertificate().key))).toContain(
    `not the key of the certificate in '${cert}'`,
  );
});

test('a key with a passphrase, and a certificate that is out of date or not yet good, are refused as such', async () => {
  const key = await file('good.key', good.key);
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
  });
  expect(await refusalOf(await file('good.pem', good.cert), await file('locked.key', privateKey))).toContain('has a passphrase');
  expect(await refusalOf(await file('old.pem', createTestCertificate([-9, -2]).cert), key)).toContain('the certificate ended on');
  expect(await refusalOf(await file('new.pem', createTestCertificate([2, 9]).cert), key)).toContain('is not good before');
});
