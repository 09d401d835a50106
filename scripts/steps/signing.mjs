// Signatures of what a release ships, where the secrets for them are: unsigned modules are blocked by Windows' Smart App
// Control, and by macOS for files that came by a browser. Without secrets nothing is signed, and that is said.

/** Whom Windows' signature asks for the time. */
const TIMESTAMP = "http://timestamp.digicert.com";

/**
 * The commands that sign, in their order; none where a secret is missing.
 * @param platform  as Node names it
 * @param env       the secrets; docs in CONTRIBUTING.md
 * @param files     native modules, libraries and macOS bundles
 * @param folder    for keys and archives while it works
 * @returns programs with their arguments
 */
export function signingCommands(platform, env, files, folder) {
  if (platform === "win32") return windows(env, files, folder);
  return platform === "darwin" ? mac(env, files, folder) : [];
}

function windows({ WINDOWS_CERTIFICATE_PASSWORD: password, WINDOWS_CERTIFICATE: key }, files, folder) {
  if (!key || !password) return [];
  const how = [
    "/fd",
    "sha256",
    "/td",
    "sha256",
    "/tr",
    TIMESTAMP,
    "/f",
    `${folder}\\key.pfx`,
    "/p",
    password,
  ];
  return [["signtool", ["sign", ...how, ...files]]];
}

/** Apple, "Customizing the notarization workflow": sign with the hardened runtime, send an archive, wait for the answer. */
function mac(env, files, folder) {
  const { APPLE_CERTIFICATE: key, APPLE_CERTIFICATE_PASSWORD: password, APPLE_IDENTITY: identity } = env;
  if (!key || !password || !identity) return [];
  const chain = `${folder}/signing.keychain-db`;
  const sign = ["--force", "--timestamp", "--options", "runtime", "--keychain", chain, "--sign", identity];
  const commands = [
    ["security", ["create-keychain", "-p", password, chain]],
    ["security", ["unlock-keychain", "-p", password, chain]],
    ["security", ["import", `${folder}/key.pfx`, "-k", chain, "-P", password, "-T", "/usr/bin/codesign"]],
    ["security", ["set-key-partition-list", "-S", "apple-tool:,apple:", "-s", "-k", password, chain]],
    ...files.map((file) => ["codesign", [...sign, file]]),
  ];
  const { APPLE_ID: user, APPLE_TEAM_ID: team, APPLE_PASSWORD: own } = env;
  if (!user || !team || !own) return commands;
  const account = ["--apple-id", user, "--team-id", team, "--password", own];
  const archives = files.map((_, index) => `${folder}/${index}.zip`);
  return [
    ...commands,
    ...files.map((file, index) => ["ditto", ["-c", "-k", "--keepParent", file, archives[index]]]),
    ...archives.map((archive) => ["xcrun", ["notarytool", "submit", archive, ...account, "--wait"]]),
  ];
}
