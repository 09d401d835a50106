/**
 * The chords over the bars: those that sound in grey, those that were written in full; each bar can be pressed and written.
 */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Store } from "../state.ts";
import { areChordsShown } from "../ui/frame-state.ts";
import { usesKeyboard } from "../ui/key-handler.ts";
import { useRoving } from "../ui/roving.ts";
import { type BarChords, type Chords, chordsOf } from "./chords.ts";
import { editorState } from "./editor-state.ts";
import { xOfTick } from "./viewport.ts";

/** Bars that are narrower share one place, in CSS pixels. */
const LEAST_WIDTH = 26;
const FIELD_WIDTH = 132;
const MOST_SHOWN = 200;

interface LaneBar {
  readonly bar: number;
  readonly x: number;
  readonly width: number;
}

export function ChordLane({ store }: { store: Store }) {
  if (!areChordsShown.value) return null;
  return <Lane store={store} />;
}

function Lane({ store }: { store: Store }) {
  const chords = chordsOf(store);
  const { chords: rect } = editorState(store).layout.value;
  const list = useRef<HTMLFieldSetElement>(null);
  useRoving(list);
  const edited = chords.editedBar.value;
  return (
    <div
      class="roll-chords"
      style={{
        left: `${rect.x}px`,
        top: `${rect.y}px`,
        width: `${rect.width}px`,
        height: `${rect.height}px`,
      }}
      onPointerDown={(event) => event.stopPropagation()}
    >
      <fieldset ref={list} aria-label="Chords">
        {shownBars(store, rect.width).map(({ bar, x, width }) => {
          const shown = chords.inBar(bar);
          return (
            <button
              key={bar}
              type="button"
              class="roll-chord"
              data-bar={bar + 1}
              data-written={shown.isWritten}
              style={{ left: `${x}px`, width: `${width}px` }}
              aria-label={`Chords of bar ${bar + 1}: ${wordsOf(shown)}`}
              title={`Bar ${bar + 1}: ${wordsOf(shown)}. Press to write others`}
              onClick={() => chords.edit(bar)}
            >
              {shown.chords.map(({ symbol, at }) => (
                <span key={at} style={{ left: `${100 * at}%` }}>
                  {`${symbol} `}
                </span>
              ))}
            </button>
          );
        })}
      </fieldset>
      {edited !== undefined && <ChordField key={edited} store={store} chords={chords} bar={edited} />}
    </div>
  );
}

function wordsOf({ chords, isWritten }: BarChords): string {
  if (chords.length === 0) return "as before";
  return `${chords.map(({ symbol }) => symbol).join(" ")}, ${isWritten ? "written" : "as it sounds"}`;
}

/** The bars in the window; where they are narrow, the first of every two, four, and so on. */
function shownBars(store: Store, width: number): LaneBar[] {
  const view = store.view.value;
  const bars = store.bars.value;
  const first = bars.barAtTick(Math.max(0, Math.floor(view.startTick)));
  const one = (bars.endTick(first) - bars.startTick(first)) / view.ticksPerPixel;
  const step = 2 ** Math.max(0, Math.ceil(Math.log2(LEAST_WIDTH / Math.max(one, 0.01))));
  const shown: LaneBar[] = [];
  for (let bar = first - (first % step); shown.length < MOST_SHOWN; bar += step) {
    const x = xOfTick(view, bars.startTick(bar));
    if (x >= width) break;
    shown.push({ bar, x, width: xOfTick(view, bars.endTick(bar + step - 1)) - x });
  }
  return shown;
}

function ChordField({ store, chords, bar }: { store: Store; chords: Chords; bar: number }) {
  const [text, setText] = useState(store.chords.value.get(bar) ?? "");
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.select(), []);
  useEffect(() => field.current?.focus(), []);
  const rect = editorState(store).layout.value.chords;
  const x = xOfTick(store.view.value, store.bars.value.startTick(bar));
  const left = Math.max(0, Math.min(x, rect.width - FIELD_WIDTH));
  const problem = chords.problem.value;
  const heard = chords.inBar(bar);
  const take = async (then: () => void) => {
    if (await chords.write(bar, text)) then();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") close(chords, bar);
    else if (event.key === "Enter") void take(() => close(chords, bar));
    else if (event.key === "Tab") {
      const next = bar + (event.shiftKey ? -1 : 1);
      if (next < 0) return;
      void take(() => chords.edit(next));
    } else return;
    event.preventDefault();
  };
  return (
    <div class="roll-chord-field" style={{ left: `${left}px`, width: `${FIELD_WIDTH}px` }}>
      <input
        ref={field}
        class="input"
        value={text}
        maxLength={1_000}
        autocomplete="off"
        spellcheck={false}
        aria-label={`Chords of bar ${bar + 1}`}
        aria-invalid={problem !== undefined}
        aria-describedby="roll-chord-help"
        placeholder={heard.isWritten ? "" : heard.chords.map(({ symbol }) => symbol).join(" ")}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() =>
          chords.editedBar.value === bar && problem === undefined && void take(() => chords.leave())
        }
      />
      <p
        id="roll-chord-help"
        role={problem === undefined ? undefined : "alert"}
        data-wrong={problem !== undefined}
      >
        {problem ?? "Such as Am7, or C G for half a bar each; Tab goes on, nothing leaves it to the music"}
      </p>
    </div>
  );
}

/** The focus goes back to the bar. */
function close(chords: Chords, bar: number): void {
  chords.leave();
  usesKeyboard();
  queueMicrotask(() => document.querySelector<HTMLElement>(`.roll-chord[data-bar="${bar + 1}"]`)?.focus());
}
