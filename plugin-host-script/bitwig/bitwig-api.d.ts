// The part of Bitwig's control surface API (version 17) that the script uses; test/host/bitwig compares it with the
// documentation's list. Source: Bitwig Studio, Help > Documentation > Developer resources > Control Surface API.

interface Value {
  markInterested(): void;
}
interface BooleanValue extends Value {
  get(): boolean;
  addValueObserver(callback: (value: boolean) => void): void;
}
interface IntegerValue extends Value {
  get(): number;
  addValueObserver(callback: (value: number) => void): void;
}
interface SettableIntegerValue extends IntegerValue {
  set(value: number): void;
}
interface StringValue extends Value {
  get(): string;
  addValueObserver(callback: (value: string) => void): void;
}
interface SettableBeatTimeValue extends Value {
  get(): number;
  addValueObserver(callback: (value: number) => void): void;
}
interface SettableEnumValue extends Value {
  get(): string;
}
interface SettableStringValue extends StringValue {}
interface SettableRangedValue extends Value {
  getRaw(): number;
}
interface Parameter extends SettableRangedValue {}
interface Signal {
  addSignalObserver(callback: () => void): void;
}
interface Settings {
  getSignalSetting(label: string, category: string, action: string): Signal;
  getNumberSetting(
    label: string,
    category: string,
    minValue: number,
    maxValue: number,
    stepResolution: number,
    unit: string,
    initialValue: number,
  ): SettableRangedValue;
  getEnumSetting(label: string, category: string, options: string[], initialValue: string): SettableEnumValue;
  getStringSetting(
    label: string,
    category: string,
    numChars: number,
    initialText: string,
  ): SettableStringValue;
}
interface DocumentState extends Settings {}
interface PreferencesOfHost extends Settings {}

interface NoteStep {
  /** From the grid's first column and key that are shown. */
  x(): number;
  y(): number;
  channel(): number;
  /** A Java enumeration; its text is "Empty", "NoteOn" or "NoteSustain". */
  state(): unknown;
  velocity(): number;
  duration(): number;
  isIsSelected(): boolean;
  isMuted(): boolean;
}
interface Device {
  exists(): BooleanValue;
  hasDrumPads(): BooleanValue;
}
interface DeviceBank {
  getItemAt(index: number): Device;
}
interface InsertionPoint {
  copySlotsOrScenes(slot: ClipLauncherSlot): void;
}
interface ClipLauncherSlot {
  hasContent(): BooleanValue;
  sceneIndex(): IntegerValue;
  select(): void;
  replaceInsertionPoint(): InsertionPoint;
}
interface ClipLauncherSlotBank {
  getItemAt(index: number): ClipLauncherSlot;
  itemCount(): IntegerValue;
  scrollPosition(): SettableIntegerValue;
}
interface Track {
  name(): SettableStringValue;
  position(): IntegerValue;
  createDeviceBank(numDevices: number): DeviceBank;
}
interface CursorTrack extends Track {
  clipLauncherSlotBank(): ClipLauncherSlotBank;
  selectChannel(channel: Track): void;
}
interface Clip {
  exists(): BooleanValue;
  scrollToKey(key: number): void;
  scrollToStep(step: number): void;
  setStepSize(lengthInBeatTime: number): void;
  setStep(channel: number, x: number, y: number, insertVelocity: number, insertDuration: number): void;
  clearStep(channel: number, x: number, y: number): void;
  getStep(channel: number, x: number, y: number): NoteStep;
  addNoteStepObserver(callback: (step: NoteStep) => void): void;
  getPlayStart(): SettableBeatTimeValue;
  getPlayStop(): SettableBeatTimeValue;
  isLoopEnabled(): BooleanValue;
  getLoopStart(): SettableBeatTimeValue;
  getLoopLength(): SettableBeatTimeValue;
  getTrack(): Track;
  clipLauncherSlot(): ClipLauncherSlot;
}
interface TimeSignatureValue {
  numerator(): SettableIntegerValue;
  denominator(): SettableIntegerValue;
}
interface Transport {
  tempo(): Parameter;
  timeSignature(): TimeSignatureValue;
}
interface RemoteConnection {
  disconnect(): void;
  setDisconnectCallback(callback: () => void): void;
  setReceiveCallback(callback: (bytes: ArrayLike<number>) => void): void;
  send(bytes: number[]): void;
}
interface ControllerHost {
  loadAPI(version: number): void;
  defineController(vendor: string, name: string, version: string, uuid: string, author: string): void;
  defineMidiPorts(numInports: number, numOutports: number): void;
  platformIsWindows(): boolean;
  getPreferences(): PreferencesOfHost;
  getDocumentState(): DocumentState;
  createTransport(): Transport;
  createCursorTrack(
    id: string,
    name: string,
    numSends: number,
    numScenes: number,
    shouldFollowSelection: boolean,
  ): CursorTrack;
  createLauncherCursorClip(gridWidth: number, gridHeight: number): Clip;
  createArrangerCursorClip(gridWidth: number, gridHeight: number): Clip;
  scheduleTask(callback: () => void, delay: number): void;
  println(text: string): void;
  errorln(text: string): void;
  showPopupNotification(text: string): void;
  connectToRemoteHost(host: string, port: number, callback: (connection: RemoteConnection) => void): void;
}

declare const host: ControllerHost;
declare function loadAPI(version: number): void;
