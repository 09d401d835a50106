/**
 * Desktop notifications, by each system's own program. Texts are never interpolated into a command, since file names
 * are untrusted.
 */
import { spawn } from "node:child_process";

interface NotificationCommand {
  program: string;
  args: string[];
  env: Record<string, string>;
}

const APPLE_SCRIPT = [
  "on run texts",
  "display notification (item 2 of texts) with title (item 1 of texts)",
  "end run",
];

/** A balloon at the taskbar, which Windows shows as a toast; the program must live as long as it. */
const POWERSHELL = [
  "Add-Type -AssemblyName System.Windows.Forms, System.Drawing",
  "$icon = New-Object System.Windows.Forms.NotifyIcon",
  "$icon.Icon = [System.Drawing.SystemIcons]::Information",
  "$icon.Visible = $true",
  "$icon.ShowBalloonTip(5000, $env:CONTINUO_TITLE, $env:CONTINUO_TEXT, 'Info')",
  "Start-Sleep -Seconds 6",
  "$icon.Dispose()",
].join("; ");

/** @returns undefined for a system that has none of the three */
export function notificationCommand(
  platform: NodeJS.Platform,
  title: string,
  text: string,
): NotificationCommand | undefined {
  if (platform === "linux") {
    // Some desktops read the text as HTML.
    const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
    return { program: "notify-send", args: ["--app-name=Continuo", "--", title, escaped], env: {} };
  }
  if (platform === "darwin") {
    return {
      program: "osascript",
      args: [...APPLE_SCRIPT.flatMap((line) => ["-e", line]), title, text],
      env: {},
    };
  }
  if (platform === "win32") {
    return {
      program: "powershell.exe",
      args: ["-NoProfile", "-NonInteractive", "-WindowStyle", "Hidden", "-Command", POWERSHELL],
      env: { CONTINUO_TITLE: title, CONTINUO_TEXT: text },
    };
  }
  return undefined;
}

/** Show it if the system can; nothing is said where it cannot. */
export function notify(env: NodeJS.ProcessEnv, title: string, text: string): void {
  const command = notificationCommand(process.platform, title, text);
  if (command === undefined) return;
  const child = spawn(command.program, command.args, {
    env: { ...env, ...command.env },
    stdio: "ignore",
    detached: true,
    windowsHide: true,
  });
  child.once("error", () => {});
  child.unref();
}
