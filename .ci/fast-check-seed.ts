// Property tests draw the same cases in every run, so that a red run can be repeated and a green one means the same everywhere. FAST_CHECK_SEED explores others.
import fc from 'fast-check';

const seed = Number(process.env['FAST_CHECK_SEED'] ?? '20261121');
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
