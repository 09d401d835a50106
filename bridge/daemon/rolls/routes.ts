/**
 * GET /rolls/ID/NAME.mid: a roll as a file, to save it or to drag it into a DAW.
 */
import type { FastifyInstance } from "fastify";
import { pageHeaders } from "../page/headers.ts";
import { fileName, midiBytes } from "./output.ts";
import type { Rolls } from "./rolls.ts";

/** @param rolls  whose names say nothing about what is on the disk: only ids that are known reach it */
export function addRolls(app: FastifyInstance, rolls: Rolls): void {
  const options = { config: { isForPage: true } };
  app.get<{ Params: { id: string } }>("/rolls/:id/:name", options, async (request, reply) => {
    const roll = await rolls.get(request.params.id);
    const { version } = roll;
    const bytes = await midiBytes(roll, rolls.shelf);
    rolls.saved(roll.id, version);
    return reply
      .headers(pageHeaders(request.headers.host))
      .header("content-disposition", contentDisposition(fileName(roll)))
      .type("audio/midi")
      .send(bytes);
  });
}

/** Source: RFC 6266, RFC 8187. */
export function contentDisposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
