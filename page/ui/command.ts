/**
 * Keyboard commands: each part of the page names its own, and the sheet of shortcuts shows all of them.
 */
export interface Command {
  /** Such as "undo". */
  readonly id: string;
  /** As people say it: "Undo". */
  readonly label: string;
  readonly group: "Play" | "Fill" | "Edit" | "View" | "Song";
  /** Such as "Space", "Mod+Z" (Ctrl, on a Mac Command), "Shift+F", "ArrowLeft". */
  readonly keys: readonly string[];
  readonly run: () => void;
  /** Always, where left out. */
  readonly isEnabled?: () => boolean;
}
