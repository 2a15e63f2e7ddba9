// How long telemetry is kept where its bounds in bytes leave it: a run is judged from what is there at its end, so nothing of it may have grown too old by then.

/** The longest soak is an hour; before it the system comes up, after it the run drains and is collected. */
export const keptForMs = 90 * 60_000;
