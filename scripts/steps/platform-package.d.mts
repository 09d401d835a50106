/** Completes an npm package of one platform. @throws Error where something of it is missing */
export function completePackage(folder: string, platform: string, plugin: string): void;
