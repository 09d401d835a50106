/**
 * The commands of all parts: unique ids and keys; while the song is hidden, its commands are unavailable.
 */
import { expect, test } from "vitest";
import type { Client } from "../../bridge/client/client.ts";
import { allCommands, commandsNow } from "../../page/app/commands.ts";
import { PageClient } from "../../page/page-client.ts";
import { Store } from "../../page/state.ts";
import { shownWindow } from "../../page/ui/frame-state.ts";

function newStore(): Store {
  return new Store(new PageClient({ on: () => () => {} } as unknown as Client));
}

test("no id is used twice, and no key means two things at once", () => {
  const commands = allCommands(newStore());
  const ids = commands.map(({ id }) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  // Those that are there only at times may share a key with another that is not there then.
  const keys = commands.filter(({ isEnabled }) => isEnabled === undefined).flatMap((one) => one.keys);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test("every key is one that can be pressed", () => {
  const known =
    /^(Mod\+)?(Alt\+)?(Shift\+)?(.|Space|Escape|Enter|Tab|Insert|Delete|Backspace|Home|End|PageUp|PageDown|Arrow(Left|Right|Up|Down)|F\d\d?)$/;
  for (const { id, keys } of allCommands(newStore())) {
    for (const key of keys) expect(key, id).toMatch(known);
  }
});

test("without a song, and in the training, only commands that do not concern the roll work", () => {
  const store = newStore();
  const all = allCommands(store);
  const ids = () => commandsNow(store, all).map(({ id }) => id);
  expect(ids()).toContain("show-shortcuts");
  expect(ids()).not.toContain("undo");
  const host = {
    rollId: "1",
    title: "Song",
    version: 0,
    openedAt: "",
    file: null,
    changedAt: null,
    isSaved: true,
    host: null,
  };
  store.roll.value = host;
  expect(ids()).toContain("undo");
  shownWindow.value = "training";
  expect(ids()).not.toContain("undo");
  expect(ids()).toContain("show-training");
  shownWindow.value = "roll";
});
