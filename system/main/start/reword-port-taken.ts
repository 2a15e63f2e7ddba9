// A port that somebody else was faster to take, as a process of ours refuses it: with the flag of `npm start`, which refuses the variable.
import { SystemError } from '../../contract/system-error.ts';

/** Any other refusal stays what it is. `flag`: of the process's own port. */
export const rewordPortTaken =
  (flag: string | null) =>
  (refusal: SystemError): SystemError => {
    const { taken, variable } = refusal.details;
    if (refusal.code !== 'FL_PORT_TAKEN' || typeof taken !== 'string' || typeof variable !== 'string') return refusal;
    const next =
      flag !== null && variable === 'FAULTLINE_PORT'
        ? `choose another port with ${flag}`
        : `set ${variable} to another, or to 0 for any free one`;
    return new SystemError('FL_PORT_TAKEN', `${taken}. Stop it, or ${next}.`, { cause: refusal });
  };
