// The base URL of what listens on a port of loopback.
export const localUrl = (port: number): string => `http://127.0.0.1:${port}`;
