import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Most tests start the real program; a machine busy with something else must not fail them.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: "program",
          include: ["test/bridge/**/*.test.ts", "test/host/**/*.test.ts", "test/e2e/**/*.test.ts"],
          globalSetup: ["test/bridge/support/global-setup.ts"],
        },
      },
      // The page's own logic needs nothing that has to be built.
      { extends: true, test: { name: "page", include: ["test/page/**/*.test.ts"] } },
    ],
  },
});
