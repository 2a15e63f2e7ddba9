// k6's own numbers of what went wrong (https://grafana.com/docs/k6/latest/javascript-api/error-codes/), in the words that every driver has for it.
import { codeOfError } from '../classify.ts';

/** An error with the code that a client of Node would have met, where there is one. */
export const errorOfK6 = (errorCode: number): Error =>
  Object.assign(new Error(`k6 ended a request with its error ${errorCode}`), { code: nodeCodes.get(errorCode) ?? `k6_${errorCode}` });

const nodeCodes: ReadonlyMap<number, string> = new Map([
  [1050, 'FAULTLINE_TIMEOUT'],
  [1211, 'UND_ERR_CONNECT_TIMEOUT'],
  [1212, 'ECONNREFUSED'],
  [1201, 'ECONNRESET'],
  [1220, 'ECONNRESET'],
]);

export const codeOfK6Error = (errorCode: number): string => codeOfError(errorOfK6(errorCode));

/** Those that say that no connection came about: nothing can have been stored. Names that are not found (11xx) are of the kind. */
export const nothingWasSent = (errorCode: number): boolean =>
  (errorCode >= 1100 && errorCode < 1200) || (errorCode >= 1210 && errorCode <= 1213);
