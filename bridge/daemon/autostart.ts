/**
 * Starting the daemon at login: the file that each system needs, its path, and the command that activates it.
 */
import { homedir } from "node:os";
import { join } from "node:path";

export interface Autostart {
  /** As people know it. */
  system: string;
  path: string;
  content: string | Buffer;
  enable: readonly string[];
  disable: readonly string[];
}

interface AutostartOptions {
  platform: NodeJS.Platform;
  env: NodeJS.ProcessEnv;
  /** Node, and the program that it runs. */
  node: string;
  program: string;
  userId?: number;
}

const LABEL = "org.continuo.daemon";
const TASK = "Continuo";

/** @returns undefined for a system that has none of the three */
export function autostartFor(options: AutostartOptions): Autostart | undefined {
  if (options.platform === "linux") return systemd(options);
  if (options.platform === "darwin") return launchd(options);
  if (options.platform === "win32") return taskScheduler(options);
  return undefined;
}

/** Source: systemd.service(5), systemd.unit(5). */
function systemd({ env, node, program }: AutostartOptions): Autostart {
  const folder = join(env.XDG_CONFIG_HOME || join(homedir(), ".config"), "systemd", "user");
  const quoted = (text: string) =>
    `"${text.replace(/[\\"]/g, "\\$&").replace(/%/g, "%%").replace(/\$/g, "$$$$")}"`;
  const home =
    env.CONTINUO_HOME === undefined ? [] : [`Environment=${quoted(`CONTINUO_HOME=${env.CONTINUO_HOME}`)}`];
  const lines = [
    "[Unit]",
    "Description=Continuo: fills the bars that are selected in a DAW",
    "",
    "[Service]",
    `ExecStart=${quoted(node)} ${quoted(program)} serve`,
    ...home,
    "Restart=on-failure",
    "RestartSec=2",
    "Nice=5",
    "",
    "[Install]",
    "WantedBy=default.target",
    "",
  ];
  return {
    system: "systemd",
    path: join(folder, "continuo.service"),
    content: lines.join("\n"),
    enable: ["systemctl", "--user", "enable", "--now", "continuo.service"],
    disable: ["systemctl", "--user", "disable", "--now", "continuo.service"],
  };
}

/** Source: launchd.plist(5). */
function launchd({ env, node, program, userId }: AutostartOptions): Autostart {
  const path = join(homedir(), "Library", "LaunchAgents", `${LABEL}.plist`);
  const string = (text: string) => `<string>${escaped(text)}</string>`;
  const home =
    env.CONTINUO_HOME === undefined
      ? ""
      : `  <key>EnvironmentVariables</key>\n  <dict><key>CONTINUO_HOME</key>${string(env.CONTINUO_HOME)}</dict>\n`;
  const content = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>${string(LABEL)}
  <key>ProgramArguments</key>
  <array>${[node, program, "serve"].map(string).join("")}</array>
${home}  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ProcessType</key>${string("Interactive")}
</dict>
</plist>
`;
  const domain = `gui/${userId ?? process.getuid?.() ?? 501}`;
  return {
    system: "launchd",
    path,
    content,
    enable: ["launchctl", "bootstrap", domain, path],
    disable: ["launchctl", "bootout", `${domain}/${LABEL}`],
  };
}

/** Source: Task Scheduler schema 1.2; the file must be UTF-16. */
function taskScheduler({ env, node, program }: AutostartOptions): Autostart {
  const path = join(env.APPDATA ?? join(homedir(), "AppData", "Roaming"), "continuo", "task.xml");
  const content = `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Continuo: fills the bars that are selected in a DAW</Description></RegistrationInfo>
  <Triggers><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Hidden>true</Hidden>
  </Settings>
  <Actions><Exec><Command>${escaped(node)}</Command><Arguments>${escaped(`"${program}" serve`)}</Arguments></Exec></Actions>
</Task>
`;
  return {
    system: "Task Scheduler",
    path,
    content: Buffer.from(`\ufeff${content}`, "utf16le"),
    enable: ["schtasks", "/Create", "/F", "/TN", TASK, "/XML", path],
    disable: ["schtasks", "/Delete", "/F", "/TN", TASK],
  };
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
