import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

/** Each test of Ardour's scripts runs in each of these. */
const ARDOURS = ["7.3", "8.12"];
const ARDOUR_TESTS = "test/host/ardour/**/*.test.ts";
const PROGRAM_SETUP = ["test/bridge/support/global-setup.ts"];

export default defineConfig({
  // What the build puts in.
  define: { CONTINUO_VERSION: JSON.stringify("0.0.0") },
  test: {
    // Most tests start the real program, and no test says how fast that must be: these only end what hangs.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 120_000, interval: 20 } },
    // Most files wait for programs that they started: two for each core keep it busy.
    maxWorkers: 2 * availableParallelism(),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "program",
          include: [
            "test/bridge/**/*.test.ts",
            "test/docs/**/*.test.ts",
            "test/host/**/*.test.ts",
            "test/e2e/**/*.test.ts",
          ],
          exclude: [ARDOUR_TESTS],
          globalSetup: PROGRAM_SETUP,
        },
      },
      // The page's own logic needs nothing that has to be built.
      { extends: true, test: { name: "page", include: ["test/page/**/*.test.ts"] } },
      ...ARDOURS.map((version) => ({
        extends: true as const,
        test: {
          name: `ardour-${version}`,
          include: [ARDOUR_TESTS],
          env: { CONTINUO_TEST_ARDOUR: version },
          globalSetup: PROGRAM_SETUP,
        },
      })),
    ],
  },
});
