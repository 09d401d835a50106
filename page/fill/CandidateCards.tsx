/**
 * The candidates as cards, one of them selected: small pictures with a name and a summary.
 */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { type PageNote, type PageRegion, regionsOf, trackById } from "../document/song.ts";
import type { Store } from "../state.ts";
import { Icon } from "../ui/icons.tsx";
import { fillOf } from "./fill.ts";
import { type Frame, frameOf, notesAround, notesOfTrack, pathOf } from "./picture.ts";
import { RegionPicture } from "./RegionPicture.tsx";
import type { Candidate } from "./record.ts";
import { factsOf, letterOf } from "./words.ts";

/** By how many the arrow keys go on. */
const STEPS: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function CandidateCards({ store }: { store: Store }) {
  const fill = fillOf(store);
  const unfinished = fill.unfinished.value;
  const record = fill.candidates.record.value;
  const list = useRef<HTMLDivElement>(null);
  const region = unfinished?.region ?? record?.region;
  const candidates = (unfinished ?? record)?.candidates ?? [];
  const looked = unfinished !== undefined ? unfinished.picked : fill.candidates.picked.value;
  const isShown = unfinished !== undefined || fill.candidates.isOffered.value;
  const picture = usePicture(store, region, unfinished?.notes ?? [], candidates);
  if (region === undefined || picture === undefined) return null;
  const isDrums = regionsOf(region).every(
    ({ trackId }) => trackById(store.song.value, trackId)?.isDrums === true,
  );
  const onKeyDown = (event: KeyboardEvent) => {
    const isOnChosen = event.target instanceof Element && event.target.ariaChecked === "true";
    if (event.key === "Enter" && isOnChosen && unfinished === undefined) {
      event.preventDefault();
      fill.candidates.acceptAll();
    }
    const by = STEPS[event.key];
    if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    fill.step(by);
    queueMicrotask(() => list.current?.querySelector<HTMLElement>('[aria-checked="true"]')?.focus());
  };
  const waiting = unfinished === undefined ? 0 : Math.max(0, unfinished.asked - candidates.length);
  return (
    <div
      class="fill-cards"
      role="radiogroup"
      aria-label={`Candidates for ${(unfinished ?? record)?.title}`}
      ref={list}
      onKeyDown={onKeyDown}
    >
      {candidates.map((candidate, index) => (
        <Card
          key={candidate.seed}
          store={store}
          index={index}
          candidate={candidate}
          isChecked={isShown && index === looked}
          isReachable={index === (looked ?? 0)}
          isDrums={isDrums}
          region={region}
          picture={picture}
          star={
            unfinished !== undefined || record === undefined
              ? undefined
              : {
                  isOn: record.starred.includes(candidate.seed),
                  toggle: () => fill.star(record, candidate.seed),
                }
          }
        />
      ))}
      {Array.from({ length: waiting }, (_, index) => (
        <div class="fill-card fill-card-waiting" key={`waiting ${index}`} aria-hidden="true">
          <RegionPicture
            frame={picture.frame}
            region={region}
            around={picture.around}
            notes={index === 0 && candidates.length === 0 ? (unfinished?.notes ?? []) : []}
          />
        </div>
      ))}
    </div>
  );
}

interface Picture {
  readonly frame: Frame;
  readonly around: string;
}

/** One frame for all, so that they can be compared. */
function usePicture(
  store: Store,
  region: PageRegion | undefined,
  growing: readonly PageNote[],
  candidates: readonly Candidate[],
): Picture | undefined {
  const song = store.song.value;
  const bars = store.bars.value;
  return useMemo(() => {
    if (region === undefined) return undefined;
    const own = notesOfTrack(song, bars, region);
    const frame = frameOf(bars, region, [...own, ...growing, ...candidates.flatMap(({ notes }) => notes)]);
    return { frame, around: pathOf(notesAround(song, region, frame), frame) };
  }, [song, bars, region, growing, candidates]);
}

function Card({
  store,
  index,
  candidate,
  isChecked,
  isReachable,
  isDrums,
  region,
  picture,
  star,
}: {
  store: Store;
  index: number;
  candidate: Candidate;
  isChecked: boolean;
  isReachable: boolean;
  isDrums: boolean;
  region: PageRegion;
  picture: Picture;
  /** Of a fill that is done. */
  star: { isOn: boolean; toggle: () => void } | undefined;
}) {
  const fill = fillOf(store);
  const radio = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isChecked) radio.current?.scrollIntoView({ block: "nearest" });
  }, [isChecked]);
  const letter = letterOf(index);
  const [count, ...facts] = factsOf(candidate, isDrums);
  const isPlaying = isChecked && store.playTick.value !== undefined;
  return (
    <div class={`fill-card${isChecked ? " fill-card-chosen" : ""}`}>
      {/* biome-ignore lint/a11y/useSemanticElements: a picture with text that is one of several, which no input can hold */}
      <button
        ref={radio}
        type="button"
        class="fill-card-pick"
        role="radio"
        aria-checked={isChecked}
        aria-label={`Candidate ${letter}: ${[count, ...facts].join(", ")}`}
        title={`Show candidate ${letter} in the roll (Alt+${index + 1})`}
        tabIndex={isReachable ? 0 : -1}
        onClick={() => fill.choose(index)}
      >
        <RegionPicture
          frame={picture.frame}
          region={region}
          around={picture.around}
          notes={candidate.notes}
        />
        <span class="fill-card-name">{letter}</span>
        <span class="fill-card-facts">
          <span class="cut">{count}</span>
          {facts.map((fact) => (
            <span class="quiet" key={fact}>
              {fact}
            </span>
          ))}
        </span>
      </button>
      {star !== undefined && (
        <button
          type="button"
          class="icon-button icon-button-small fill-card-star"
          aria-pressed={star.isOn}
          aria-label={`Star candidate ${letter}`}
          title={star.isOn ? "Take the star off (*)" : "Star it: it stays with the song (*)"}
          tabIndex={isReachable ? 0 : -1}
          onClick={star.toggle}
        >
          <Icon name="star" size={14} />
        </button>
      )}
      <button
        type="button"
        class="icon-button icon-button-small fill-card-play"
        tabIndex={isReachable ? 0 : -1}
        aria-label={isPlaying ? "Stop" : `Play candidate ${letter} in its place`}
        title={isPlaying ? "Stop" : "Hear it from the bar before (P)"}
        onClick={() => {
          if (!isChecked) fill.choose(index);
          if (!isPlaying && store.playTick.value !== undefined) return;
          fill.audition();
        }}
      >
        <Icon name={isPlaying ? "stop" : "play"} size={14} />
      </button>
    </div>
  );
}
