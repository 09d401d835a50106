/**
 * The files generated from the protocol's table are up to date.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import type {
  MethodParams,
  MethodResults,
  Notifications,
} from "../../../bridge/client/generated/protocol.ts";
import {
  METHODS,
  type MethodName,
  type NotificationParams,
  type Result,
} from "../../../bridge/protocol/methods.ts";

type ParamsInput<Name extends MethodName> = z.input<(typeof METHODS)[Name]["params"]>;

test("npm run docs would change nothing", () => {
  expect(execFileSync(process.execPath, ["scripts/docs.mjs", "--check"], { encoding: "utf8" })).toBe("");
});

test("every link of docs/protocol.md inside the page has its heading", () => {
  const page = readFileSync("docs/protocol.md", "utf8");
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) =>
    text
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, target]) => target);
  expect(links.filter((target) => !headings.includes(target ?? ""))).toEqual([]);
  expect(links.length).toBeGreaterThan(20);
});

test("docs/openapi.json has every shape that it names", () => {
  const text = readFileSync("docs/openapi.json", "utf8");
  const { components, paths } = z
    .object({
      openapi: z.literal("3.1.0"),
      paths: z.record(z.string(), z.unknown()),
      components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
    })
    .parse(JSON.parse(text));
  const named = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name ?? "");
  expect(named.filter((name) => !(name in components.schemas))).toEqual([]);
  expect(Object.keys(paths)).toEqual(["/v1/rpc", "/v1/fill", "/v1/get", "/metrics"]);
});

test("the client's types are those of the schemas", () => {
  expectTypeOf<keyof MethodParams>().toEqualTypeOf<MethodName>();
  expectTypeOf<MethodParams["fill/start"]>().toEqualTypeOf<ParamsInput<"fill/start">>();
  expectTypeOf<MethodParams["fill/get"]>().toEqualTypeOf<ParamsInput<"fill/get">>();
  expectTypeOf<MethodParams["initialize"]>().toEqualTypeOf<ParamsInput<"initialize">>();
  expectTypeOf<MethodResults["fill/get"]>().toEqualTypeOf<Result<"fill/get">>();
  expectTypeOf<MethodResults["fill/run"]>().toEqualTypeOf<Result<"fill/run">>();
  expectTypeOf<MethodResults["status"]>().toEqualTypeOf<Result<"status">>();
  expectTypeOf<MethodResults["models/list"]>().toEqualTypeOf<Result<"models/list">>();
  expectTypeOf<MethodResults["initialize"]>().toEqualTypeOf<Result<"initialize">>();
  expectTypeOf<Notifications["fill/progress"]>().toEqualTypeOf<NotificationParams<"fill/progress">>();
  expectTypeOf<Notifications["fill/candidate"]>().toEqualTypeOf<NotificationParams<"fill/candidate">>();
  expectTypeOf<Notifications["fill/end"]>().toEqualTypeOf<NotificationParams<"fill/end">>();
  expect(Object.keys(METHODS).length).toBeGreaterThan(5);
});
