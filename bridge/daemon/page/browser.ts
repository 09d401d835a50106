/**
 * The user's browser, as each system opens it.
 */
import { spawn } from "node:child_process";

/**
 * Open an address. Whether a browser comes up cannot be known; the address is told as well.
 * @param env  CONTINUO_BROWSER names another program, which gets the address as its only argument; empty, none is opened
 */
export function openBrowser(url: string, env: NodeJS.ProcessEnv, platform = process.platform): void {
  const [program, ...args] = browserCommand(env, platform);
  if (program === undefined) return;
  const child = spawn(program, [...args, url], {
    detached: true,
    stdio: "ignore",
    windowsHide: true,
    env,
  });
  child.on("error", () => {});
  child.unref();
}

export function browserCommand(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  if (env.CONTINUO_BROWSER !== undefined) return env.CONTINUO_BROWSER === "" ? [] : [env.CONTINUO_BROWSER];
  if (platform === "darwin") return ["open"];
  // Not by cmd, to which & in an address is the end of a command.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return ["xdg-open"];
}
