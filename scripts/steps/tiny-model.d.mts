/** Its folder; made where it is not there yet. */
export function tinyModel(): string;
