/**
 * The help of the commands for hosts.
 */
import { expect, test } from "vitest";
import { runCli } from "../bridge/support/cli.ts";

test("help, and completions that know the hosts", async () => {
  for (const command of ["install", "uninstall", "watch", "doctor"]) {
    const { stdout } = await runCli([command, "--help"]);
    expect(stdout).toMatch(/Examples:\n {2}continuo /);
  }
  for (const shell of ["bash", "zsh", "fish"]) {
    const { stdout } = await runCli(["completion", shell]);
    for (const word of ["install", "uninstall", "watch", "existing", "dry-run"])
      expect(stdout).toContain(word);
  }
});
