import fc from 'fast-check';

/**
 * Property tests draw the same examples in every run, so that a red build is about the change that it tests. Random
 * ones are drawn by `npm run test:soak`; FUZZ_SEED repeats a run that it reports.
 */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.FUZZ_SEED ?? 1_239_560_291) });
