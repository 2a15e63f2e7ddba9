import { expect, test } from 'vitest';
import { chooseServerAccount, parseAccount } from './server-account.ts';

const passwd = 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nsly:x:0:5::/:/bin/sh\n';

test('finds the account with its ids', () => {
  expect(parseAccount(passwd, 'nobody')).toEqual({ name: 'nobody', uid: 65534, gid: 65534 });
});

test('does not take an account that is missing, or is root by another name', () => {
  expect(parseAccount(passwd, 'postgres')).toBeNull();
  expect(parseAccount(passwd, 'sly')).toBeNull();
});

test('lends an account to nobody but root', async () => {
  expect(await chooseServerAccount(1000)).toBeNull();
});
