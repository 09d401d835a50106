/**
 * Runs the longest test files first, so that none is left running alone at the end. Vitest knows how long a file
 * takes only from an earlier run, which a fresh clone lacks.
 */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Seconds that the longest files take alone on two cores; a folder stands for each of its files. Only their order counts. */
const SECONDS: readonly (readonly [path: string, seconds: number])[] = [
  ["test/host/bitwig/music.test.ts", 120],
  ["test/docs/commands.test.ts", 100],
  ["test/e2e/security/time.test.ts", 50],
  ["test/e2e/security/strangers.test.ts", 60],
  ["test/host/bitwig/", 70],
  ["test/e2e/security/network.test.ts", 60],
  ["test/e2e/security/browser.test.ts", 60],
  ["test/host/ardour/trouble.test.ts", 50],
  ["test/host/ardour/actions.test.ts", 45],
  ["test/e2e/page/sound.test.ts", 45],
  ["test/e2e/training-window.test.ts", 30],
  ["test/host/ardour/", 20],
  ["test/e2e/page/", 20],
  ["test/bridge/cli/own-models.test.ts", 20],
  ["test/bridge/cli/completion.test.ts", 20],
  ["test/e2e/schemathesis/", 20],
  ["test/bridge/cli/bad-input.test.ts", 15],
  ["test/e2e/random.test.ts", 15],
  ["test/bridge/daemon/storage/faults.test.ts", 25],
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // Those of the same length stay as Vitest has them: what failed last, and then by size.
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => secondsOf(b.moduleId) - secondsOf(a.moduleId));
  }
}

function secondsOf(moduleId: string): number {
  return SECONDS.find(([path]) => moduleId.includes(`/${path}`))?.[1] ?? 0;
}
