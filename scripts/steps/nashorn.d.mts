export const nashornFolder: string;
export function nashornJars(folder?: string): string[] | undefined;
export function prepareNashorn(): void;
