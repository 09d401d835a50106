import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Most tests start the real program, and no test says how fast that must be: these only end what hangs.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 120_000, interval: 20 } },
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
