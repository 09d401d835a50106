/**
 * The songs that the daemon keeps: the latest at first, then all of them, each to be opened or removed.
 */
import { useEffect, useState } from "preact/hooks";
import { plural } from "../../bridge/plural.ts";
import type { ListedRoll } from "../page-client.ts";
import type { Store } from "../state.ts";
import { Icon } from "../ui/icons.tsx";
import { when } from "../ui/when.ts";
import { titleOf } from "./file-name.ts";
import { hostTitle } from "./host-title.ts";
import { opening, openRoll } from "./open.ts";
import { lastUse, matching, worthShowing } from "./song-entries.ts";

/** More are found by their names. */
const SEARCHED_FROM = 12;

export function SongList({ store }: { store: Store }) {
  const rolls = useRolls(store);
  const [isWhole, setWhole] = useState(false);
  const [words, setWords] = useState("");
  if (rolls.length === 0) return null;
  const latest = worthShowing(rolls);
  const shown = isWhole ? matching(rolls, words) : latest;
  return (
    <section aria-labelledby="songs-title">
      <div class="row songs-head">
        <h2 id="songs-title" class="start-heading grow">
          Your songs
        </h2>
        {isWhole && rolls.length > SEARCHED_FROM && (
          <input
            class="input songs-search"
            type="search"
            aria-label="Find a song"
            placeholder="Find a song"
            value={words}
            onInput={({ currentTarget }) => setWords(currentTarget.value)}
          />
        )}
        {latest.length < rolls.length && (
          <button
            type="button"
            class="button button-small"
            aria-expanded={isWhole}
            onClick={() => setWhole(!isWhole)}
          >
            {isWhole ? "Show fewer" : `Show all ${rolls.length}`}
          </button>
        )}
      </div>
      <ul class="songs">
        {shown.map((entry) => (
          <Song key={entry.rollId} store={store} entry={entry} />
        ))}
      </ul>
      {shown.length === 0 && <p class="quiet">No song has this name.</p>}
      <p class="quiet songs-note">
        Songs that you have changed stay here until you remove them or export them. Of the others, Continuo
        keeps the latest 32.
      </p>
    </section>
  );
}

/** As the daemon has them now. */
function useRolls(store: Store): readonly ListedRoll[] {
  const [rolls, setRolls] = useState<readonly ListedRoll[]>([]);
  const isOpen = store.connection.value === "open";
  useEffect(() => {
    if (!isOpen) return;
    const read = () =>
      store.client.daemon.call("roll/list", {}).then(
        (answer) => setRolls(answer.rolls),
        (thrown) => store.fail(thrown),
      );
    void read();
    return store.client.onRemoved(() => void read());
  }, [isOpen, store]);
  return rolls;
}

function Song({ store, entry }: { store: Store; entry: ListedRoll }) {
  const [isAsking, setAsking] = useState(false);
  const title = titleOf(entry.title);
  if (isAsking) return <Removal store={store} entry={entry} onKeep={() => setAsking(false)} />;
  const isReady = store.connection.value === "open" && opening.value === undefined;
  const { rollId, host, isSaved } = entry;
  const at = lastUse(entry);
  return (
    <li class="song">
      <button
        type="button"
        class="song-open"
        disabled={!isReady}
        onClick={() => openRoll(store, rollId, title)}
      >
        <Icon name="note" size={16} />
        <span class="grow cut">{title}</span>
        {host !== null && <span class="chip chip-accent">{hostTitle(host.name)} is waiting</span>}
        <time class="quiet figures" dateTime={at.toISOString()}>
          {when(at)}
        </time>
        {!isSaved && (
          <span class="chip" title="It has changes that are not in a file yet">
            changed
          </span>
        )}
      </button>
      <button
        type="button"
        class="icon-button icon-button-small"
        aria-label={`Remove ${title}`}
        title="Remove"
        disabled={!isReady || host !== null}
        onClick={() => setAsking(true)}
      >
        <Icon name="trash" size={15} />
      </button>
    </li>
  );
}

function Removal({ store, entry, onKeep }: { store: Store; entry: ListedRoll; onKeep: () => void }) {
  const remove = () =>
    store.client.daemon.call("roll/remove", { rollId: entry.rollId }).catch((thrown) => {
      onKeep();
      store.fail(thrown);
    });
  return (
    <li class="song song-removal" role="alert">
      <span class="grow">
        Remove “{titleOf(entry.title)}”{entry.isSaved ? "" : ` and ${changesOf(entry)}`}?
      </span>
      <button type="button" class="button button-small button-danger" onClick={remove}>
        Remove
      </button>
      <button
        type="button"
        class="button button-small"
        // Where nothing is lost by a hasty press.
        ref={(button) => button?.focus()}
        onClick={onKeep}
      >
        Keep
      </button>
    </li>
  );
}

function changesOf({ version }: ListedRoll): string {
  return `its ${plural(version, "change")}`;
}
