/**
 * Starting the daemon at login, on each system.
 */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { autostartFor } from "../../../bridge/daemon/autostart.ts";

describe("autostart", () => {
  const options = {
    env: { XDG_CONFIG_HOME: "/c", CONTINUO_HOME: '/h o"m%e' },
    node: "/opt/node",
    program: "/opt/a & b/cli.js",
  };

  test("systemd gets quoted words", () => {
    const service = autostartFor({ ...options, platform: "linux" });
    expect(service?.path).toBe(join("/c", "systemd", "user", "continuo.service"));
    expect(service?.content).toContain('ExecStart="/opt/node" "/opt/a & b/cli.js" serve\n');
    expect(service?.content).toContain('Environment="CONTINUO_HOME=/h o\\"m%%e"\n');
  });

  test("launchd and Task Scheduler get XML", () => {
    const plist = autostartFor({ ...options, platform: "darwin", userId: 501 });
    expect(plist?.content).toContain("<string>/opt/a &amp; b/cli.js</string>");
    expect(plist?.enable.slice(0, 3)).toEqual(["launchctl", "bootstrap", "gui/501"]);
    const task = autostartFor({ ...options, platform: "win32" });
    const text = Buffer.isBuffer(task?.content) ? task.content.toString("utf16le") : "";
    expect(text.charCodeAt(0)).toBe(0xfeff);
    expect(text).toContain("<Arguments>&quot;/opt/a &amp; b/cli.js&quot; serve</Arguments>");
  });

  test("another system has none", () => {
    expect(autostartFor({ ...options, platform: "aix" })).toBeUndefined();
  });
});
