interface Attack {
  stop(): void;
}

type Begin = (daemon: { port: number; tcpPort: number }) => Attack;

export const STRANGERS: Readonly<Record<string, Begin>>;
export const HALF_HANDSHAKES: Begin;
export function get(path: string): string;
export function pipelined(count: number): string;
