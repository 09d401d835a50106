/**
 * The files that a script leaves in the daemon's watched folder.
 */
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { onEachLua, runLua } from "./lua.ts";

onEachLua("the watched folder", (lua) => {
  test("each file is written under another name, so that the daemon never sees half of it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "continuo-folder-"));
    const opened = await runLua(
      lua,
      `local opened, open = {}, io.open
      io.open = function(path, mode)
        if mode == "wb" then opened[#opened + 1] = path:match("[^/]+$") end
        return open(path, mode)
      end
      local channel = require("shared.folder").open(input, "memory", "7")
      channel.send("status", {})
      channel.drop(channel.send("status", {}))
      return opened`,
      folder,
    );
    expect(opened).toEqual(["memory-7-1.tmp", "memory-7-2.tmp", "memory-7-2.tmp"]);
    expect(readdirSync(folder).sort()).toEqual(["memory-7-1.request.json", "memory-7-2.cancel"]);
    expect(readFileSync(join(folder, "memory-7-2.cancel"), "utf8")).toBe("unwanted");
  });

  test("a folder that is gone is told, and dropping a call does no harm", async () => {
    const told = await runLua(
      lua,
      `local channel = require("shared.folder").open(input, "memory", "7")
      local call, why = channel.send("status", {})
      channel.drop({ name = "memory-7-1" })
      return { call = call or false, why = why }`,
      join(tmpdir(), "continuo-no-such-folder"),
    );
    expect(told).toMatchObject({ call: false, why: expect.stringContaining("No such file") });
  });
});
