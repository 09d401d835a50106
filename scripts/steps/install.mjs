// The npm packages, installed only when the lock file is not the one they were installed from.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { heading, root, run } from "./run.mjs";

const stamp = join(root, "node_modules", ".continuo-lock-hash");

export function install() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  heading("npm ci");
  // The unknown key of .npmrc is meant for onnxruntime-node; npm's warning about it helps nobody.
  run("npm", ["ci", "--loglevel=error"]);
  writeFileSync(stamp, lock);
}
