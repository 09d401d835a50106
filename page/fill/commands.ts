import type { Store } from "../state.ts";
import type { Command } from "../ui/command.ts";
import { fillOf } from "./fill.ts";
import { isEmpty } from "./offer.ts";
import { MOST_CANDIDATES } from "./settings.ts";
import { letterOf } from "./words.ts";

export function fillCommands(store: Store): Command[] {
  const fill = fillOf(store);
  const { candidates } = fill;
  const group = "Fill";
  const isRunning = () => fill.unfinished.value !== undefined;
  const hasOffer = () => !isRunning() && !isEmpty(candidates.offer.value);
  const count = () => (fill.unfinished.value ?? candidates.record.value)?.candidates.length ?? 0;
  const hasCandidates = () => count() > 0;
  const isLooking = () => hasCandidates() && (isRunning() || candidates.isOffered.value);
  return [
    {
      id: "fill.run",
      label: "Fill the marked bars",
      group,
      keys: ["F", "Mod+Enter"],
      run: () => fill.start(),
      isEnabled: () => store.region.value !== undefined,
    },
    {
      id: "fill.addPart",
      label: "Add a part",
      group,
      keys: ["Shift+P"],
      run: () => fill.adding.begin(),
      isEnabled: () => store.roll.value !== undefined,
    },
    {
      id: "fill.cancel",
      label: "Cancel the fill",
      group,
      keys: ["Escape"],
      run: () => fill.cancel(),
      isEnabled: isRunning,
    },
    {
      id: "fill.accept",
      label: "Accept what is offered",
      group,
      keys: ["Enter"],
      run: () => candidates.acceptAll(),
      isEnabled: hasOffer,
    },
    {
      id: "fill.reject",
      label: "Reject what is offered",
      group,
      keys: ["Shift+Escape"],
      run: () => candidates.reject(),
      isEnabled: hasOffer,
    },
    {
      id: "fill.next",
      label: "Next candidate",
      group,
      keys: ["]"],
      run: () => fill.step(1),
      isEnabled: isLooking,
    },
    {
      id: "fill.previous",
      label: "Previous candidate",
      group,
      keys: ["["],
      run: () => fill.step(-1),
      isEnabled: isLooking,
    },
    {
      id: "fill.audition",
      label: "Play the candidate in its place",
      group,
      keys: ["P"],
      run: () => fill.audition(),
      isEnabled: hasCandidates,
    },
    {
      id: "fill.star",
      label: "Star the candidate",
      group,
      keys: ["*"],
      run: () => fill.starPicked(),
      isEnabled: () => !isRunning() && hasCandidates(),
    },
    {
      id: "fill.like",
      label: "More like this candidate",
      group,
      keys: ["Shift+F"],
      run: () => fill.moreLikeThis(),
      isEnabled: () => !isRunning() && hasCandidates(),
    },
    ...Array.from(
      { length: MOST_CANDIDATES },
      (_, index): Command => ({
        id: `fill.candidate${index + 1}`,
        label: `Candidate ${letterOf(index)}`,
        group,
        keys: [`Alt+${index + 1}`],
        run: () => fill.choose(index),
        isEnabled: () => index < count(),
      }),
    ),
  ];
}
