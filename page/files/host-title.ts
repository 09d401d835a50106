/**
 * Names of DAWs as their makers write them; scripts send them in lower case.
 */
const TITLES: Readonly<Record<string, string>> = {
  ardour: "Ardour",
  reaper: "REAPER",
  bitwig: "Bitwig Studio",
  ableton: "Ableton Live",
};

/** @param name  as the client names itself; one that is not known is shown as it is */
export function hostTitle(name: string): string {
  return TITLES[name] ?? name;
}
