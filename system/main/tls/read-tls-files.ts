// The certificate and its key, read and checked before anything listens: what would fail at the first client does not start.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { settings as known } from '../../contract/environment.ts';
import type { Settings } from '../../contract/parse-settings.ts';
import { SystemError } from '../../contract/system-error.ts';
import type { TlsFiles } from '../../contract/tls-files.ts';

const certificateName = known.tlsCertificate.name;
const keyName = known.tlsKey.name;

/** null: none is set. Throws FL_TLS_INVALID, which never shows what a file holds. */
export const readTlsFiles = async (
  { tlsCertificate, tlsKey }: Pick<Settings, 'tlsCertificate' | 'tlsKey'>,
  now: () => number = Date.now,
): Promise<TlsFiles | null> => {
  if (tlsCertificate === null && tlsKey === null) return null;
  if (tlsCertificate === null || tlsKey === null) {
    const [given, missing] = tlsKey === null ? [certificateName, keyName] : [keyName, certificateName];
    throw new SystemError('FL_TLS_INVALID', `${given} is set without ${missing}: TLS needs a certificate and its key. Set both, or none.`);
  }
  const cert = await read(certificateName, tlsCertificate);
  const key = await read(keyName, tlsKey);
  checkPair(parseCertificate(cert, tlsCertificate, now()), parseKey(key, tlsKey), { tlsCertificate, tlsKey });
  checkContext({ cert, key }, tlsCertificate);
  return { cert, key };
};

const refuse = (variable: string, path: string, what: string, cause?: unknown): SystemError =>
  new SystemError('FL_TLS_INVALID', `${variable} is '${path}': ${what}`, cause === undefined ? {} : { cause });

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file.',
  EACCES: 'the file may not be read by the account that this process runs as.',
  EISDIR: 'that is a folder; give the file.',
};

const read = async (variable: string, path: string): Promise<Buffer> => {
  try {
    return await readFile(path);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw refuse(variable, path, reasons[code] ?? message, error);
  }
};

const parseCertificate = (pem: Buffer, path: string, nowMs: number): X509Certificate => {
  const certificate = tryParse(() => new X509Certificate(pem));
  if (!(certificate instanceof X509Certificate)) throw refuse(certificateName, path, 'no certificate in PEM is in the file.', certificate);
  const { validFrom, validTo } = certificate;
  if (Date.parse(validTo) < nowMs) throw refuse(certificateName, path, `the certificate ended on ${validTo}: clients would refuse it.`);
  if (Date.parse(validFrom) > nowMs)
    throw refuse(certificateName, path, `the certificate is not good before ${validFrom}: clients would refuse it. Is the clock right?`);
  return certificate;
};

const parseKey = (pem: Buffer, path: string): KeyObject => {
  const key = tryParse(() => createPrivateKey(pem));
  if (!(key instanceof Error)) return key;
  const { code } = key as NodeJS.ErrnoException;
  throw refuse(
    keyName,
    path,
    code === 'ERR_MISSING_PASSPHRASE' || pem.includes('ENCRYPTED')
      ? 'the key has a passphrase, which can not be given; store it without.'
      : 'no private key in PEM is in the file.',
    key,
  );
};

const tryParse = <Value>(parse: () => Value): Value | Error => {
  try {
    return parse();
  } catch (error) {
    return error as Error;
  }
};

const checkPair = (
  certificate: X509Certificate,
  key: KeyObject,
  paths: { readonly tlsCertificate: string; readonly tlsKey: string },
): void => {
  if (certificate.checkPrivateKey(key)) return;
  throw refuse(keyName, paths.tlsKey, `this is not the key of the certificate in '${paths.tlsCertificate}'.`);
};

/** What OpenSSL itself still minds: a broken chain below the certificate, a key that is too small. */
const checkContext = (files: TlsFiles, path: string): void => {
  const context = tryParse(() => createSecureContext(files));
  if (context instanceof Error) throw refuse(certificateName, path, `it can't be used for TLS: ${context.message}.`, context);
};
