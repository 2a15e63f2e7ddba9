// Whether an API key can be sent at all, and where others could not read it on the way. The same for whoever produces and whoever consumes.

export type KeyOptions = { readonly apiKey?: string; readonly url: string | URL; readonly allowPlainText?: boolean };

/** The key is in no message. */
export const keyProblems = ({ apiKey, url, allowPlainText = false }: KeyOptions): readonly string[] => {
  if (apiKey === undefined) return [];
  if (typeof apiKey !== 'string' || !/^[\x21-\x7e]+$/.test(apiKey))
    return ['apiKey is empty, or has characters that a header can not carry.'];
  if (allowPlainText || !URL.canParse(String(url)) || !isPlainElsewhere(new URL(url))) return [];
  return ['apiKey would go over http: to another machine, where others may read it: use https:, or say allowPlainText: true.'];
};

const isPlainElsewhere = ({ protocol, hostname }: URL): boolean =>
  protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
