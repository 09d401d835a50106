// The plugin's library, built by cargo, and the bundles around it that hosts look for: dist/plugin/FORMAT.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nativeProgramFolder, targetDir } from "./addons.mjs";
import { heading, root, run, StepError } from "./run.mjs";

const LIBRARIES = {
  linux: "libcontinuo_plugin.so",
  darwin: "libcontinuo_plugin.dylib",
  win32: "continuo_plugin.dll",
};

/** Folders of a VST3 bundle. Source: Steinberg, VST 3 Developer Portal, "VST 3 Plug-in format structure". */
const VST3_FOLDERS = {
  linux: { x64: "x86_64-linux", arm64: "aarch64-linux" },
  win32: { x64: "x86_64-win", arm64: "arm64-win" },
};

const ARCHITECTURES = { x86_64: "x64", aarch64: "arm64" };
const SYSTEMS = { linux: "linux", darwin: "darwin", windows: "win32" };

/**
 * Node's words for what a target of Rust's runs on, such as x86_64-unknown-linux-gnu.
 * @throws StepError where no host runs on it
 */
export function machineOf(target) {
  const [architecture, , system] = target.split("-");
  const [platform, arch] = [SYSTEMS[system], ARCHITECTURES[architecture]];
  if (platform === undefined || arch === undefined) {
    throw new StepError(`The plugin is not made for ${target}: name one such as x86_64-pc-windows-msvc.`);
  }
  return { platform, arch };
}

/** @param target  a target of Rust's to build for; this machine if omitted */
export function buildPlugin({ target } = {}) {
  heading("plugin");
  const { platform, arch } = target === undefined ? process : machineOf(target);
  const cargo = ["--release", "--locked", "-p", "continuo-plugin"];
  const native = { cwd: join(root, "native"), env: { CARGO_TARGET_DIR: targetDir } };
  const forTarget = target === undefined ? [] : ["--target", target];
  run("cargo", ["rustc", ...cargo, "--lib", ...forTarget, "--", "-C", "strip=symbols"], native);
  const folder = target === undefined ? nativeProgramFolder() : join(targetDir, target, "release");
  const library = join(folder, LIBRARIES[platform]);
  const out = join(root, "dist", "plugin");
  rmSync(out, { recursive: true, force: true });
  bundleClap(library, join(out, "clap"), platform);
  bundleVst3(library, join(out, "vst3"), platform, arch);
  const lv2 = join(out, "lv2", "continuo.lv2");
  const name = `continuo.${{ linux: "so", darwin: "dylib", win32: "dll" }[platform]}`;
  copy(library, lv2, name);
  // The Turtle comes from the plugin's own table, by a program that runs on this machine.
  run("cargo", ["run", "--quiet", ...cargo, "--bin", "lv2-turtle", "--", lv2, name], native);
}

function bundleClap(library, folder, platform) {
  if (platform === "darwin") bundleMac(library, join(folder, "Continuo.clap"));
  else copy(library, folder, "Continuo.clap");
}

function bundleVst3(library, folder, platform, arch) {
  const bundle = join(folder, "Continuo.vst3");
  if (platform === "darwin") return bundleMac(library, bundle);
  const inside = join(bundle, "Contents", VST3_FOLDERS[platform][arch]);
  copy(library, inside, platform === "win32" ? "Continuo.vst3" : "Continuo.so");
}

/** A loadable bundle. Source: Apple, "Bundle Programming Guide". */
function bundleMac(library, bundle) {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  copy(library, join(bundle, "Contents", "MacOS"), "Continuo");
  writeFileSync(join(bundle, "Contents", "PkgInfo"), "BNDL????");
  const keys = {
    CFBundleExecutable: "Continuo",
    CFBundleIdentifier: "org.continuo.plugin",
    CFBundleInfoDictionaryVersion: "6.0",
    CFBundleName: "Continuo",
    CFBundlePackageType: "BNDL",
    CFBundleShortVersionString: version,
    CFBundleSignature: "????",
    CFBundleVersion: version,
  };
  const entries = Object.entries(keys).map(([key, value]) => `  <key>${key}</key><string>${value}</string>`);
  writeFileSync(
    join(bundle, "Contents", "Info.plist"),
    [
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
      '<plist version="1.0"><dict>',
      ...entries,
      "</dict></plist>",
      "",
    ].join("\n"),
  );
}

function copy(library, folder, name) {
  mkdirSync(folder, { recursive: true });
  copyFileSync(library, join(folder, name));
}
