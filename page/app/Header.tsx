/**
 * The bar above the song: its title, whether it is saved, undo and redo, and the way out.
 */
import { useRef } from "preact/hooks";
import { FileActions } from "../files/FileActions.tsx";
import { titleOf } from "../files/file-name.ts";
import type { Store } from "../state.ts";
import { byEscape } from "../ui/closing.ts";
import {
  areTracksOpen,
  closeTracks,
  isSheetOpen,
  nextTheme,
  shownWindow,
  type Theme,
  theme,
} from "../ui/frame-state.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { isMac } from "../ui/key-handler.ts";
import { shownKeys } from "../ui/keys.ts";
import { useRoving } from "../ui/roving.ts";
import { Tools } from "../ui/Tools.tsx";
import { Mark } from "./Mark.tsx";

export function Header({ store }: { store: Store }) {
  const roll = store.roll.value;
  const title = roll && titleOf(roll.title);
  const isRollShown = shownWindow.value === "roll";
  return (
    <header class="frame-header">
      <Mark />
      <div class="song-name">
        <h1 class="cut" title={title}>
          {title ?? "Continuo"}
        </h1>
        {roll !== undefined && <SavedState store={store} />}
      </div>
      {roll !== undefined && isRollShown && (
        <Tools class="row header-edit" label="Edit">
          <button
            type="button"
            class="icon-button tracks-toggle"
            aria-label="Tracks"
            title="Tracks"
            aria-expanded={areTracksOpen.value}
            onKeyDown={areTracksOpen.value ? byEscape(closeTracks) : undefined}
            onClick={() => {
              areTracksOpen.value = !areTracksOpen.value;
            }}
          >
            <Icon name="keys" />
          </button>
          <UndoButtons store={store} />
        </Tools>
      )}
      <Windows />
      {roll !== undefined && isRollShown && <FileActions store={store} />}
      <Tools class="row header-page" label="Page">
        <ThemeButton />
        <button
          type="button"
          class="icon-button"
          aria-label="Keys"
          title="Keys (?)"
          onClick={() => {
            isSheetOpen.value = true;
          }}
        >
          <Icon name="help" />
        </button>
      </Tools>
    </header>
  );
}

function SavedState({ store }: { store: Store }) {
  const unsent = store.client.unsent.value;
  const isLost = store.connection.value === "lost";
  const isFailing = store.writeProblems.value.length > 0;
  const waiting = isLost ? "Not sent yet" : isFailing ? "Not saved yet" : "Saving…";
  const text = unsent === 0 ? "Saved" : waiting;
  return (
    <span class={unsent > 0 && (isLost || isFailing) ? "saved saved-not" : "saved"} role="status">
      {unsent === 0 && <Icon name="check" size={13} />}
      {text}
    </span>
  );
}

function UndoButtons({ store: { history } }: { store: Store }) {
  const [last, next] = [history.steps.value.at(-1), history.undoneSteps.value.at(-1)];
  const [undoKeys, redoKeys] = ["Mod+Z", "Mod+Shift+Z"].map((name) => shownKeys(name, isMac).join("+"));
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label={last === undefined ? "Undo" : `Undo: ${last.label}`}
        title={last === undefined ? "Nothing to undo" : `Undo: ${last.label} (${undoKeys})`}
        disabled={last === undefined}
        onClick={() => history.undo()}
      >
        <Icon name="undo" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label={next === undefined ? "Redo" : `Redo: ${next.label}`}
        title={next === undefined ? "Nothing to redo" : `Redo: ${next.label} (${redoKeys})`}
        disabled={next === undefined}
        onClick={() => history.redo()}
      >
        <Icon name="redo" />
      </button>
    </>
  );
}

function Windows() {
  const show = (name: "roll" | "training") => () => {
    shownWindow.value = name;
  };
  const list = useRef<HTMLElement>(null);
  useRoving(list);
  return (
    <nav ref={list} class="segments" aria-label="Windows">
      <button
        type="button"
        aria-current={shownWindow.value === "roll" ? "page" : undefined}
        onClick={show("roll")}
      >
        Roll
      </button>
      <button
        type="button"
        aria-current={shownWindow.value === "training" ? "page" : undefined}
        onClick={show("training")}
      >
        Training
      </button>
    </nav>
  );
}

const THEME_ICONS: Readonly<Record<Theme, IconName>> = { system: "system", light: "sun", dark: "moon" };
const THEME_WORDS: Readonly<Record<Theme, string>> = {
  system: "as the system",
  light: "light",
  dark: "dark",
};

function ThemeButton() {
  const words = `Colours: ${THEME_WORDS[theme.value]}`;
  return (
    <button type="button" class="icon-button" aria-label={words} title={words} onClick={nextTheme}>
      <Icon name={THEME_ICONS[theme.value]} />
    </button>
  );
}
