// Which targets may be loaded: what runs on this machine, and what the user names as theirs.
import { isIP } from 'node:net';

/** 127.0.0.0/8, ::1, localhost. */
export const isLoopback = (hostname: string): boolean => {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
};

/** Null where it may be; else why not, and what to do. */
export const whyNotPermitted = ({ hostname }: URL, permittedHosts: readonly string[]): string | null => {
  if (isLoopback(hostname) || permittedHosts.includes(hostname)) return null;
  return `${hostname} is not this machine. Load on a system that is not yours to load is an attack on it: if you may, say so with --permitted-host ${hostname}`;
};
