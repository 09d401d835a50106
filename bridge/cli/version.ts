/**
 * The version of package.json, inserted by the bundler.
 */
declare const CONTINUO_VERSION: string;

export const VERSION: string = CONTINUO_VERSION;
