/**
 * A file as the body of an answer: read as fast as it is taken, never more of it than its size said.
 */
import { open } from "node:fs/promises";
import type { FastifyReply } from "fastify";

/** What is read in advance; many who do not read may ask at once. */
const PIECE_BYTES = 16 * 1024;

/**
 * Send a file, or for HEAD only its size.
 * @throws the file system's error, with nothing sent
 */
export async function sendFile(reply: FastifyReply, path: string): Promise<FastifyReply> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    reply.header("content-length", size);
    if (reply.request.method === "HEAD" || size === 0) {
      await file.close();
      return reply.send();
    }
    return reply.send(file.createReadStream({ end: size - 1, highWaterMark: PIECE_BYTES }));
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}
