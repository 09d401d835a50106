/**
 * The training window, loaded when it is first opened.
 */
import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Store } from "../state.ts";
import { ErrorBoundary } from "./ErrorBoundary.tsx";

type TrainingWindow = FunctionComponent<{ store: Store }>;

export function TrainingFrame({ store }: { store: Store }) {
  // A function in a state would be called by it.
  const [loaded, setLoaded] = useState<{ Window: TrainingWindow }>();
  useEffect(() => {
    import("../training/TrainingWindow.tsx").then(
      ({ TrainingWindow }) => setLoaded({ Window: TrainingWindow }),
      (thrown) => store.fail(thrown),
    );
  }, []);
  return (
    <main class="frame-training" tabIndex={-1}>
      <ErrorBoundary what="Training">
        {loaded === undefined ? <p class="quiet waiting">One moment…</p> : <loaded.Window store={store} />}
      </ErrorBoundary>
    </main>
  );
}
