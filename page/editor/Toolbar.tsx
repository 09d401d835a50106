/**
 * Above the editor: tools, grid, what can be done with the selected notes, and how much of the song is shown.
 */
import { GRIDS, type Grid } from "../../bridge/music/snap.ts";
import type { Store, Tool } from "../state.ts";
import { areChordsShown } from "../ui/frame-state.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { isMac } from "../ui/key-handler.ts";
import { shownKeys } from "../ui/keys.ts";
import { Tools } from "../ui/Tools.tsx";
import {
  duplicateSelected,
  fitSong,
  quantizeSelected,
  removeSelected,
  selectionText,
  toggleLock,
  ZOOM_STEP,
  zoom,
} from "./actions.ts";
import { editorState } from "./editor-state.ts";

const TOOLS: readonly { tool: Tool; label: string; key: string }[] = [
  { tool: "select", label: "Select", key: "1" },
  { tool: "draw", label: "Draw", key: "2" },
  { tool: "lasso", label: "Lasso", key: "3" },
];

const GRID_NAMES: Readonly<Record<Grid, string>> = {
  bar: "Bar",
  beat: "Beat",
  "1/8": "1/8",
  "1/8T": "1/8 triplet",
  "1/16": "1/16",
  "1/16T": "1/16 triplet",
  "1/32": "1/32",
  off: "Off",
};

export function Toolbar({ store }: { store: Store }) {
  const state = editorState(store);
  const notes = state.selectedNotes.value;
  const isLocked = notes.length > 0 && notes.every(({ id }) => store.locked.value.has(id));
  const nothing = notes.length === 0;
  return (
    <Tools class="roll-tools" label="Notes">
      <div class="segments">
        {TOOLS.map(({ tool, label, key }) => (
          <button
            key={tool}
            type="button"
            aria-label={label}
            title={`${label} (${key})`}
            aria-pressed={store.tool.value === tool}
            onClick={() => {
              store.tool.value = tool;
            }}
          >
            <Icon name={tool} size={16} />
          </button>
        ))}
      </div>
      <label class="roll-grid">
        <span class="label">Grid</span>
        <select
          class="input"
          aria-label="Grid"
          value={state.grid.value}
          onChange={({ currentTarget }) => {
            state.grid.value = currentTarget.value as Grid;
          }}
        >
          {GRIDS.map((grid) => (
            <option key={grid} value={grid}>
              {GRID_NAMES[grid]}
            </option>
          ))}
        </select>
      </label>
      <div class="row roll-actions">
        <Action
          icon={isLocked ? "unlock" : "lock"}
          label={isLocked ? "Unlock" : "Lock: a fill keeps these notes"}
          keys="L"
          isOff={nothing}
          run={() => toggleLock(store, notes)}
        />
        <Action
          icon="magnet"
          label="Quantize to the grid"
          keys="Q"
          isOff={nothing}
          run={() => quantizeSelected(store)}
        />
        <Action
          icon="copy"
          label="Duplicate"
          keys={`${MOD}+D`}
          isOff={nothing}
          run={() => duplicateSelected(store)}
        />
        <Action icon="trash" label="Delete" keys="Delete" isOff={nothing} run={() => removeSelected(store)} />
      </div>
      <Status store={store} />
      <div class="row roll-zoom">
        <Action icon="minus" label="Zoom out" keys="-" run={() => zoom(store, { time: 1 / ZOOM_STEP })} />
        <Action icon="plus" label="Zoom in" keys="+" run={() => zoom(store, { time: ZOOM_STEP })} />
        <Action icon="fit" label="Whole song" keys="0" run={() => fitSong(store)} />
        <button
          type="button"
          class="icon-button roll-chords-toggle"
          aria-pressed={areChordsShown.value}
          aria-label="Chords"
          title={
            areChordsShown.value ? "Hide the chords (Shift+C)" : "Show the chords over the bars (Shift+C)"
          }
          onClick={() => {
            areChordsShown.value = !areChordsShown.value;
          }}
        />
      </div>
    </Tools>
  );
}

function Status({ store }: { store: Store }) {
  const text = editorState(store).said || selectionText(store) || hint(store);
  return (
    <p id="roll-status" class="grow cut quiet figures" role="status" title={text}>
      {text}
    </p>
  );
}

const [MOD] = shownKeys("Mod+L", isMac);

/** What to do next, in a line. */
function hint(store: Store): string {
  if (store.ghosts.value !== undefined) return "Click a note to keep only it";
  if (store.tool.value === "draw") return "Drag to draw a note; right-click deletes one";
  if (store.region.value === undefined) return "Drag over the bar numbers to mark bars";
  if (store.tool.value === "lasso") return "Draw around notes to select them";
  return store.locked.value.size === 0 ? `${MOD}-click notes to keep them` : "";
}

interface ActionProps {
  icon: IconName | "magnet";
  label: string;
  keys: string;
  isOff?: boolean;
  run: () => void;
}

function Action({ icon, label, keys, isOff = false, run }: ActionProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={`${label} (${keys})`}
      disabled={isOff}
      onClick={run}
    >
      {icon === "magnet" ? <Magnet /> : <Icon name={icon} size={17} />}
    </button>
  );
}

function Magnet() {
  return (
    <svg
      width="17"
      height="17"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      aria-hidden="true"
    >
      <path
        d="M5 4h4.5v9a2.5 2.5 0 0 0 5 0V4H19v9a7 7 0 0 1-14 0zM5 8h4.5M14.5 8H19"
        stroke-linejoin="round"
      />
    </svg>
  );
}
