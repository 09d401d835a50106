/**
 * What the mouse and fingers do in the editor, for the sheet of keys.
 */
import { isMac } from "../ui/key-handler.ts";
import { shownKeys } from "../ui/keys.ts";

interface Gesture {
  readonly does: string;
  readonly how: string;
}

interface GestureGroup {
  readonly name: string;
  readonly gestures: readonly Gesture[];
}

const [mod] = shownKeys("Mod+A", isMac);
const [alt] = shownKeys("Alt+A", isMac);
const [shift] = shownKeys("Shift+A", isMac);

export const GESTURES: readonly GestureGroup[] = [
  {
    name: "Mouse: bars",
    gestures: [
      { does: "Mark bars to fill", how: "Drag over the bar numbers" },
      { does: "Mark beats", how: `${alt} and drag over the bar numbers` },
      { does: "Mark one bar", how: "Double-click its number" },
      { does: "Mark more or fewer", how: `Drag an edge, or ${shift} and click a number` },
      { does: "Set where it plays from", how: "Click a bar number" },
      { does: "Lowest and highest note of a fill", how: "Drag the handles on the keyboard" },
    ],
  },
  {
    name: "Mouse: notes",
    gestures: [
      { does: "Select notes", how: `Click one, or drag around several; ${shift} adds` },
      { does: "Move notes", how: `Drag; with ${mod} off the grid` },
      { does: "Copy notes", how: `${alt} and drag` },
      { does: "Change lengths", how: "Drag an end" },
      { does: "Draw a note", how: "Double-click, or drag with the pencil" },
      { does: "Delete a note", how: "Right-click or double-click with the pencil" },
      { does: "Lock a note in marked bars", how: `${mod} and click` },
      { does: "Keep one offered note", how: "Click it" },
      { does: "Change how loud notes are", how: "Drag their bars under Velocity" },
      { does: "Hear a pitch", how: "Press a key of the keyboard" },
    ],
  },
  {
    name: "Mouse: view",
    gestures: [
      { does: "Scroll up and down", how: "Wheel" },
      { does: "Scroll along the song", how: `${shift} and wheel, or drag in the overview` },
      { does: "Zoom in time", how: `${mod} and wheel, or pinch on a trackpad` },
      { does: "Zoom in pitch", how: `${alt} and wheel` },
      { does: "Move the view", how: "Middle button, or hold Space, and drag" },
    ],
  },
  {
    name: "Touch",
    gestures: [
      { does: "Mark bars to fill", how: "Drag over the bar numbers" },
      { does: "Move the view", how: "Drag with one finger; with two where pencil or lasso are chosen" },
      { does: "Zoom", how: "Two fingers: apart sideways in time, up and down in pitch" },
      { does: "Draw a note", how: "With the pencil, tap or drag" },
      { does: "Delete a note", how: "With the pencil, tap it twice" },
      { does: "Select several notes", how: "With the lasso, draw around them" },
      { does: "Select a note", how: "Tap it" },
      { does: "Move selected notes", how: "Drag one of them" },
      { does: "Keep one offered note", how: "Tap it" },
    ],
  },
];
