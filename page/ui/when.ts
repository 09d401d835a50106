/** Dates for people: today by the time, otherwise by the day, with the year if it is another one. */
export function when(date: Date, now = new Date()): string {
  if (date.toDateString() === now.toDateString()) {
    return date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  }
  const isThisYear = date.getFullYear() === now.getFullYear();
  return date.toLocaleDateString([], {
    day: "numeric",
    month: "short",
    ...(isThisYear ? {} : { year: "numeric" }),
  });
}

/** In a sentence: "today at 17:40", "on 3 May at 17:40". */
export function whenInWords(date: Date, now = new Date()): string {
  const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return date.toDateString() === now.toDateString() ? `today at ${time}` : `on ${when(date, now)} at ${time}`;
}
