export function cyclesIn(uses: ReadonlyMap<string, ReadonlySet<string>>): string[][];
