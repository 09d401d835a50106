/** Node's words for what a target of Rust's runs on. @throws Error where no host runs on it */
export function machineOf(target: string): { platform: string; arch: string };
