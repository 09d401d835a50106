// Circles in a graph of what uses what.

/**
 * @param {Map<string, Set<string>>} uses  what each name uses; of itself it may
 * @returns {string[][]}  each group of names that use one another, directly or not; names sorted
 */
export function cyclesIn(uses) {
  const numbers = new Map();
  const lowest = new Map();
  const open = [];
  const found = [];
  // Tarjan 1972.
  const visit = (name) => {
    const number = numbers.size;
    numbers.set(name, number);
    lowest.set(name, number);
    open.push(name);
    for (const other of uses.get(name) ?? []) {
      if (!numbers.has(other)) visit(other);
      if (open.includes(other)) lowest.set(name, Math.min(lowest.get(name), lowest.get(other)));
    }
    if (lowest.get(name) !== number) return;
    const group = open.splice(open.indexOf(name));
    if (group.length > 1) found.push(group.sort());
  };
  for (const name of uses.keys()) if (!numbers.has(name)) visit(name);
  return found;
}
