import type { Store } from "../state.ts";

export function TrainingWindow({ store }: { store: Store }) {
  return <section data-song={store.roll.value?.title} />;
}
