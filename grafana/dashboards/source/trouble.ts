// The TraceQL and LogQL that panels and links share: which spans and lines there are, and which of them tell of trouble.
// Lines are chosen by the attributes that docs/logs.md names, where there is one: a text is rewritten more lightly than an attribute.
// A trace is not narrowed to a run: TraceQL has no match for an attribute that is absent, and outside of runs it is.

const run = '| faultline_run=~"$faultline_run" | faultline_scenario=~"$faultline_scenario"';

const linesOf = (services: string, more = ''): string => `{service_name=~"${services}"} ${run}${more}`;
const system = 'faultline-(ingest|worker|query)';

const trouble = '| severity_text=~"WARN|ERROR|FATAL"';

export const systemLines = linesOf(system);
export const troubleLines = `${systemLines} ${trouble}`;
export const ingestLines = linesOf('faultline-ingest');
export const workerLines = linesOf('faultline-worker');
export const queryLines = linesOf('faultline-query');
export const importLines = linesOf('faultline-query', ' | faultline_import!=""');
export const leaseLines = linesOf('faultline-worker', ' | faultline_epoch!=""');
export const deadLetterLines = linesOf('faultline-worker', ' | severity_text="ERROR" | faultline_reason!=""');
export const failureLines = linesOf('faultline-worker', ' | faultline_reason!=""');
export const recoveryLines = linesOf('faultline-worker', ' | faultline_reason!="" or faultline_action!=""');
export const parkCommandLines = linesOf('faultline-worker', ' | faultline_action!=""');
export const blockedLaneLines = linesOf('faultline-worker', ' | faultline_policy!=""');
export const streamTroubleLines = linesOf('faultline-ingest', ' |~ "append"');
export const harnessLines = linesOf('faultline-harness');

export const ingestRequests = '{ resource.service.name = "faultline-ingest" && kind = server }';
export const failedIngestRequests = '{ resource.service.name = "faultline-ingest" && status = error }';
export const processed = '{ resource.service.name = "faultline-worker" && kind = consumer }';
export const failedProcessing = '{ resource.service.name = "faultline-worker" && status = error }';
export const rowsWritten = '{ resource.service.name = "faultline-worker" && kind = client }';
export const queries = '{ resource.service.name = "faultline-query" && kind = server }';
export const failedSpans = '{ resource.service.name =~ "faultline-(ingest|worker|query)" && status = error }';
