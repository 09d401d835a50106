/**
 * The user's browser, as each system opens it.
 */
import { spawn } from "node:child_process";

/** Programs that open an address end at once, or become the browser. */
const SETTLE_MS = 2_500;

/**
 * Open an address.
 * @param env  CONTINUO_BROWSER names another program, which gets the address as its only argument; empty, none is opened
 * @returns whether a program took it; whether a window comes up cannot be known
 */
export function openBrowser(
  url: string,
  env: NodeJS.ProcessEnv,
  platform = process.platform,
): Promise<boolean> {
  const [program, ...args] = browserCommand(env, platform);
  if (program === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const child = spawn(program, [...args, url], {
      detached: true,
      stdio: "ignore",
      windowsHide: true,
      env,
    });
    const settle = (isOpened: boolean) => {
      clearTimeout(timer);
      child.unref();
      resolve(isOpened);
    };
    const timer = setTimeout(() => settle(true), SETTLE_MS);
    child.on("error", () => settle(false));
    child.on("exit", (code) => settle(code === 0));
  });
}

/** @returns nothing where there is no screen to show a browser on */
function browserCommand(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  if (env.CONTINUO_BROWSER !== undefined) return env.CONTINUO_BROWSER === "" ? [] : [env.CONTINUO_BROWSER];
  if (platform === "darwin") return ["open"];
  // Not by cmd, to which & in an address is the end of a command.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  // Without a screen it would start a browser for terminals, which nobody sees.
  const hasScreen = [env.DISPLAY, env.WAYLAND_DISPLAY, env.BROWSER, env.WSL_DISTRO_NAME].some(Boolean);
  return hasScreen ? ["xdg-open"] : [];
}
