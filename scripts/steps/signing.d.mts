/** The commands that sign a release's files; none where a secret is missing. */
export function signingCommands(
  platform: string,
  env: NodeJS.ProcessEnv,
  files: readonly string[],
  folder: string,
): [program: string, args: string[]][];
