// Signs what was built for a release: the modules in dist/ and the plugin's bundles.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main, root, run, StepError } from "./steps/run.mjs";
import { signingCommands } from "./steps/signing.mjs";

main(() => {
  const folder = mkdtempSync(join(tmpdir(), "continuo-sign-"));
  try {
    const { WINDOWS_CERTIFICATE, APPLE_CERTIFICATE } = process.env;
    const key = WINDOWS_CERTIFICATE || APPLE_CERTIFICATE;
    if (key) writeFileSync(join(folder, "key.pfx"), Buffer.from(key, "base64"), { mode: 0o600 });
    const commands = signingCommands(process.platform, process.env, built(), folder);
    if (commands.length === 0) process.stdout.write("nothing is signed: no secrets for it here\n");
    for (const [program, args] of commands) sign(program, args);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Its arguments hold secrets, which no message repeats. */
function sign(program, args) {
  try {
    run(program, args);
  } catch {
    throw new StepError(`${program} failed, so the release is not signed.`);
  }
}

/** Bundles of macOS are signed as a whole, everything else file by file. */
function built() {
  const dist = join(root, "dist");
  const modules = readdirSync(dist).filter((name) => name.endsWith(".node"));
  const plugin = join(dist, "plugin");
  const paths = existsSync(plugin) ? readdirSync(plugin, { recursive: true }).map(String) : [];
  const isMac = process.platform === "darwin";
  const signed = paths.filter((path) =>
    isMac ? /^(clap|vst3)[\\/]Continuo\.\w+$|\.dylib$/.test(path) : /\.(dll|clap|vst3)$/.test(path),
  );
  const files = isMac ? signed : signed.filter((path) => !/^vst3[\\/]Continuo\.vst3$/.test(path));
  return [...modules.map((name) => join(dist, name)), ...files.map((path) => join(plugin, path))];
}
