/**
 * Origins of web pages, as browsers send them.
 */

/**
 * @param text  as people write it, with or without a slash at its end
 * @returns the serialized origin, such as "http://localhost:5173" or "tauri://localhost"; undefined for what is none, such
 *   as a file or an address with a path: browsers send "null" for those, as they do for frames of any site
 *   (HTML, section 7.1.1)
 */
export function serializedOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.host === "" || url.username !== "" || url.password !== "") return undefined;
  if ((url.pathname !== "/" && url.pathname !== "") || url.search !== "" || url.hash !== "") return undefined;
  return `${url.protocol}//${url.host}`;
}
