/**
 * The type of a row in the table of methods.
 */
import type * as z from "zod";

export interface Method<Params extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  description: string;
  params: Params;
  result: Result;
}

export function method<Params extends z.ZodType, Result extends z.ZodType>(
  description: string,
  params: Params,
  result: Result,
): Method<Params, Result> {
  return { description, params, result };
}
