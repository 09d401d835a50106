// The plugin's library, built by cargo, and the bundles around it that hosts look for: dist/plugin/FORMAT.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nativeProgramFolder, targetDir } from "./addons.mjs";
import { heading, root, run } from "./run.mjs";

const LIBRARIES = {
  linux: "libcontinuo_plugin.so",
  darwin: "libcontinuo_plugin.dylib",
  win32: "continuo_plugin.dll",
};

/** Folders of a VST3 bundle. Source: Steinberg, VST 3 Developer Portal, "VST 3 Plug-in format structure". */
const VST3_FOLDERS = {
  linux: { x64: "x86_64-linux", arm64: "aarch64-linux" },
  win32: { x64: "x86_64-win", arm64: "arm64ec-win" },
};

const VERSION = "0.1.0";

/** @param target  a target of Rust's to build for; this machine if omitted */
export function buildPlugin({ target, platform = process.platform, arch = process.arch } = {}) {
  heading("plugin");
  const cargo = ["--release", "--locked", "-p", "continuo-plugin"];
  const native = { cwd: join(root, "native"), env: { CARGO_TARGET_DIR: targetDir } };
  run("cargo", ["build", ...cargo, "--lib", ...(target === undefined ? [] : ["--target", target])], native);
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
  copy(library, join(bundle, "Contents", "MacOS"), "Continuo");
  writeFileSync(join(bundle, "Contents", "PkgInfo"), "BNDL????");
  const keys = {
    CFBundleExecutable: "Continuo",
    CFBundleIdentifier: "org.continuo.plugin",
    CFBundleInfoDictionaryVersion: "6.0",
    CFBundleName: "Continuo",
    CFBundlePackageType: "BNDL",
    CFBundleShortVersionString: VERSION,
    CFBundleSignature: "????",
    CFBundleVersion: VERSION,
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
