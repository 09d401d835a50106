/**
 * Colours as numbers: mixed, written for the canvas, and packed as pixels.
 */
export interface Colour {
  /** 0 to 255 each. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** 0 to 1. */
  readonly alpha: number;
}

/** Of what a browser answers when it is asked for a colour: "rgb(1, 2, 3)", "rgba(...)" or "color(srgb 0 0 1 / 1)". */
export function parseColour(text: string): Colour {
  const numbers = [...text.matchAll(/-?[\d.]+(?:e-?\d+)?/g)].map(([number]) => Number(number));
  const times = text.startsWith("color(") ? 255 : 1;
  const [red = 0, green = 0, blue = 0, alpha = 1] = numbers;
  return { red: red * times, green: green * times, blue: blue * times, alpha };
}

/** @param share  of the first, 0 to 1 */
export function mix(a: Colour, b: Colour, share: number): Colour {
  const part = (from: number, to: number) => from * share + to * (1 - share);
  return {
    red: part(a.red, b.red),
    green: part(a.green, b.green),
    blue: part(a.blue, b.blue),
    alpha: part(a.alpha, b.alpha),
  };
}

export function faded(colour: Colour, alpha: number): Colour {
  return { ...colour, alpha };
}

export function css({ red, green, blue, alpha }: Colour): string {
  return `rgb(${Math.round(red)} ${Math.round(green)} ${Math.round(blue)} / ${alpha})`;
}

/** As image data has it on machines whose low byte is first, which all browsers run on. */
export function pixel({ red, green, blue, alpha }: Colour): number {
  const bytes = [alpha * 255, blue, green, red].map((part) => Math.round(part) & 255);
  return bytes.reduce((packed, byte) => ((packed << 8) | byte) >>> 0, 0);
}

/** How bright it looks, 0 to 1. */
export function brightness({ red, green, blue }: Colour): number {
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}
