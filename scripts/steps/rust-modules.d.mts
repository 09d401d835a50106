export function modulesOf(crateFolder: string): Map<string, Set<string>>;
