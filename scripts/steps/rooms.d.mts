/** @throws Error with a line for each arrow that goes the wrong way */
export function checkRooms(folder?: string): void;
