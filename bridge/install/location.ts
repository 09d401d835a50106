/**
 * A folder of a host that scripts go to.
 */
export interface ScriptLocation {
  /** As people tell it from others, such as "Ardour 8". */
  label: string;
  /** A folder that is there; nothing is written outside of it. */
  root: string;
  /** Names of the folders below it, down to that of the scripts. */
  below: readonly string[];
  /** The application's id, where Flatpak keeps it apart from the rest of the machine. */
  flatpak?: string;
}
