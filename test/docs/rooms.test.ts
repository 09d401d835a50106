/**
 * The check of imports against the table of ARCHITECTURE.md.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkRooms } from "../../scripts/steps/rooms.mjs";
import { modulesOf } from "../../scripts/steps/rust-modules.mjs";

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), "continuo-rooms-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** A repository of two rooms and a crate. */
function repository(files: Record<string, string> = {}): string {
  const row = (room: string, mayUse: string) => `| \`${room}\` | something | ${mayUse} |\n`;
  return folderOf({
    "ARCHITECTURE.md": row("bridge/engine", "music") + row("bridge/music", "") + row("native/midi", ""),
    "bridge/engine/fill.ts": 'import { Bars } from "../music/bars.ts";\n',
    "bridge/music/bars.ts": 'export { BridgeError } from "../bridge-error.ts";\n',
    "bridge/bridge-error.ts": "",
    "page/.keep": "",
    "plugin-host-script/.keep": "",
    "native/midi/Cargo.toml": "[dependencies]\nserde.workspace = true\n",
    "native/midi/src/lib.rs": "mod note;\nmod song;\n",
    "native/midi/src/note.rs": "pub struct Note;\n",
    "native/midi/src/song.rs": "use crate::note::Note;\n",
    ...files,
  });
}

test("the code is as ARCHITECTURE.md's table says", () => {
  expect(() => checkRooms()).not.toThrow();
  expect(() => checkRooms(repository())).not.toThrow();
});

test("an arrow that the table does not list is refused, and one that only the table has", () => {
  const upwards = repository({ "bridge/music/near.ts": 'import type { Fill } from "../engine/fill.ts";\n' });
  expect(() => checkRooms(upwards)).toThrow("bridge/music may not use bridge/engine");
  expect(() => checkRooms(upwards)).toThrow("go one way: bridge/engine, bridge/music");
  const later = repository({ "bridge/music/near.ts": 'await import("../engine/fill.ts");\n' });
  expect(() => checkRooms(later)).toThrow("bridge/music may not use bridge/engine");
  const unused = repository({ "bridge/engine/fill.ts": "" });
  expect(() => checkRooms(unused)).toThrow("bridge/engine does not use bridge/music");
  const homeless = repository({ "bridge/watch/songs.ts": 'import "../music/bars.ts";\n' });
  expect(() => checkRooms(homeless)).toThrow("bridge may not use bridge/music");
});

test("a crate may use what its row lists, and needs a row", () => {
  const linked = repository({
    "native/midi/Cargo.toml": "[dependencies]\ncontinuo-model.workspace = true\n",
  });
  expect(() => checkRooms(linked)).toThrow("native/midi may not use native/model");
  const unknown = repository({ "native/extra/Cargo.toml": "[package]\n" });
  expect(() => checkRooms(unknown)).toThrow("native/extra is in no row");
});

test("modules of a crate that use one another are refused", () => {
  const circle = repository({ "native/midi/src/note.rs": "pub fn of(song: &crate::song::Song) {}\n" });
  expect(() => checkRooms(circle)).toThrow("go one way: native/midi note, native/midi song");
});

test("what a module passes on is used where it is defined, and its tests do not count", () => {
  const crate = folderOf({
    "src/lib.rs": "pub use scene::{self, Scene as Picture};\nmod scene;\nmod step;\n",
    "src/scene.rs": "mod note;\npub use note::{Note, NOTES};\n// use crate::step::Step;\n",
    "src/scene/note.rs": "use super::Scene;\npub struct Note;\n",
    "src/step.rs":
      "use crate::{scene::Note, Picture};\nuse std::fmt;\n#[cfg(test)]\nmod tests {\n    use crate::tested::All;\n}\n",
    "src/tested.rs": "pub fn all() -> usize { crate::scene::NOTES.len() + super::step::count() }\n",
  });
  expect(Object.fromEntries([...modulesOf(crate)].map(([name, used]) => [name, [...used].sort()]))).toEqual({
    crate: [],
    scene: [],
    "scene::note": [],
    step: ["scene", "scene::note"],
    tested: ["scene::note", "step"],
  });
});
