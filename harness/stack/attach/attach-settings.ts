// An existing stack as the environment describes it: addresses, and what gives access. Credentials come from the environment alone (a command
// line is visible to everyone on the machine) and go into request headers alone.
import { HarnessError } from '../../engine/errors.ts';
import type { StackAccess, StackEndpoints } from '../running-stack.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Headers = Readonly<Record<string, string>>;
type Place = { readonly url: string; readonly headers: Headers };

export type AttachSettings = { readonly endpoints: StackEndpoints; readonly access: StackAccess };

export const attachHelp = `  FAULTLINE_PROMETHEUS_URL, FAULTLINE_TEMPO_URL, FAULTLINE_LOKI_URL    base URLs of the query APIs
  FAULTLINE_GRAFANA_URL                     where people look; optional
  FAULTLINE_OTLP_URL                        one OTLP/HTTP receiver for all (a collector), or
  FAULTLINE_OTLP_{METRICS,TRACES,LOGS}_URL  full URLs; metrics and logs go to Prometheus and Loki themselves without one
  …_USER and …_PASSWORD, or …_TOKEN         access to that URL, as in FAULTLINE_LOKI_TOKEN
  …_HEADERS                                 more headers: name=value,name=value`;

export const readAttachSettings = (environment: Environment): AttachSettings => {
  const problems: string[] = [];
  const read = (name: string, fallback?: Place): Place | null => readPlace(environment, name, problems) ?? fallback ?? null;
  const required = (name: string, fallback?: Place): Place => {
    const place = read(name, fallback);
    if (place === null && !problems.some((problem) => problem.startsWith(`${name}_URL `))) problems.push(`${name}_URL is not set`);
    return place ?? { url: '', headers: {} };
  };
  const [prometheus, tempo, loki] = [required('FAULTLINE_PROMETHEUS'), required('FAULTLINE_TEMPO'), required('FAULTLINE_LOKI')];
  const [grafana, collector] = [read('FAULTLINE_GRAFANA'), read('FAULTLINE_OTLP')];
  const otlp = {
    metrics: required('FAULTLINE_OTLP_METRICS', below(collector, 'v1/metrics') ?? below(prometheus, 'api/v1/otlp/v1/metrics')),
    // Tempo takes OTLP on another port than it answers on: there is nothing to guess it from.
    traces: required('FAULTLINE_OTLP_TRACES', below(collector, 'v1/traces')),
    logs: required('FAULTLINE_OTLP_LOGS', below(collector, 'v1/logs') ?? below(loki, 'otlp/v1/logs')),
  };
  if (problems.length > 0)
    throw new HarnessError(
      'FL_STACK_FAILED',
      `the attach runtime does not know where to go:\n  ${problems.join('\n  ')}\nIt reads:\n${attachHelp}`,
    );
  return {
    endpoints: {
      otlp: { metrics: otlp.metrics.url, traces: otlp.traces.url, logs: otlp.logs.url },
      prometheus: prometheus.url,
      tempo: tempo.url,
      loki: loki.url,
      ...(grafana === null ? {} : { grafana: grafana.url }),
    },
    access: {
      otlp: { metrics: otlp.metrics.headers, traces: otlp.traces.headers, logs: otlp.logs.headers },
      prometheus: prometheus.headers,
      tempo: tempo.headers,
      loki: loki.headers,
      ...(grafana === null ? {} : { grafana: grafana.headers }),
    },
  };
};

/** What is missing already is not missing once more below itself. */
const below = (place: Place | null, path: string): Place | undefined => {
  if (place === null) return undefined;
  return place.url === '' ? place : { ...place, url: `${place.url}/${path}` };
};

const readPlace = (environment: Environment, name: string, problems: string[]): Place | null => {
  const text = environment[`${name}_URL`] ?? '';
  if (text === '') return null;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    // Not shown: what is no URL may hold a password all the same.
    problems.push(`${name}_URL is no http:// or https:// URL`);
    return null;
  }
  if (url.search !== '' || url.hash !== '')
    problems.push(`${name}_URL has a query or a fragment; what gives access belongs into ${name}_TOKEN or _HEADERS`);
  const headers = headersOf(environment, name, url, problems);
  url.username = '';
  url.password = '';
  return { url: url.href.replace(/\/+$/, ''), headers };
};

const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

const headersOf = (environment: Environment, name: string, url: URL, problems: string[]): Headers => {
  const value = (what: string): string => environment[`${name}_${what}`] ?? '';
  const [userInUrl, passwordInUrl] = [decoded(url.username), decoded(url.password)];
  if (userInUrl === null || passwordInUrl === null)
    problems.push(`${name}_URL has a user or a password with a % that begins no %XX; write it as %25, or use ${name}_USER and _PASSWORD`);
  const user = value('USER') || (userInUrl ?? '');
  const password = value('PASSWORD') || (passwordInUrl ?? '');
  const token = value('TOKEN');
  if (token !== '' && user !== '') problems.push(`${name}_TOKEN and a user are both set; one of them gives access`);
  if (password !== '' && user === '') problems.push(`${name}_PASSWORD is set, and ${name}_USER is not`);
  return {
    ...moreHeaders(value('HEADERS'), `${name}_HEADERS`, problems),
    ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    ...(user === '' ? {} : { authorization: basic(user, password) }),
  };
};

/** null: it is no percent-encoding. */
const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

const moreHeaders = (text: string, variable: string, problems: string[]): Headers => {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  if (pairs.some((pair) => !/^\s*[\w-]+\s*=\s*\S/.test(pair))) problems.push(`${variable} is not name=value,name=value`);
  return Object.fromEntries(
    pairs.map((pair) => {
      const split = pair.indexOf('=');
      return [pair.slice(0, split).trim().toLowerCase(), pair.slice(split + 1).trim()];
    }),
  );
};
