import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "test/bridge/**/*.test.ts",
      "test/page/**/*.test.ts",
      "test/host/**/*.test.ts",
      "test/e2e/**/*.test.ts",
    ],
    globalSetup: ["test/bridge/support/global-setup.ts"],
    // Most tests start the real program; a machine busy with something else must not fail them.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
