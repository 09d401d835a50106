/**
 * The codes that open the page, and the cookie that replaces them.
 */
import { expect, test } from "vitest";
import { Door } from "../../../bridge/daemon/page/door.ts";

const TOKEN = "a".repeat(64);

function doorAt(options: { token?: string; port?: number; isSecure?: boolean } = {}) {
  const clock = { now: 0, token: options.token ?? TOKEN };
  const door = new Door({
    readToken: () => clock.token,
    port: () => options.port ?? 7878,
    isSecure: options.isSecure ?? false,
    now: () => clock.now,
  });
  return { door, clock };
}

/** What a browser sends back of a cookie that was set. */
const sent = (cookie: string | undefined) => ({ cookie: `other=1; ${cookie?.split(";")[0]}; more=x` });

test("a code opens once, within a minute", () => {
  const { door, clock } = doorAt();
  const [first, second, third] = [door.newCode(), door.newCode(), door.newCode()];
  expect(new Set([first, second, third]).size).toBe(3);
  expect(first).toMatch(/^[A-Za-z0-9_-]{32}$/);
  expect(door.enter(first)).toBeDefined();
  expect(door.enter(first)).toBeUndefined();
  clock.now = 60_000;
  expect(door.enter(second)).toBeDefined();
  clock.now = 60_001;
  expect(door.enter(third)).toBeUndefined();
  clock.now = 0;
  // Also a try that came too late uses it up.
  expect(door.enter(third)).toBeUndefined();
  for (const wrong of ["", "x", "__proto__", first.slice(1)]) expect(door.enter(wrong)).toBeUndefined();
});

test("codes that nobody uses do not pile up: the oldest go", () => {
  const { door } = doorAt();
  const codes = Array.from({ length: 80 }, () => door.newCode());
  expect(door.enter(codes[0] ?? "")).toBeUndefined();
  expect(door.enter(codes[79] ?? "")).toBeDefined();
});

test("scripts and other sites do not get at the cookie; over TLS it goes nowhere else", () => {
  const { door } = doorAt();
  expect(door.enter(door.newCode())).toMatch(
    /^continuo_7878=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
  );
  const { door: secure } = doorAt({ isSecure: true });
  expect(secure.enter(secure.newCode())).toMatch(/; Secure$/);
});

test("the cookie holds for another daemon of the same token and port, and for no other", () => {
  const { door, clock } = doorAt();
  const cookie = door.enter(door.newCode());
  expect(door.isOpenTo(sent(cookie))).toBe(true);
  expect(doorAt().door.isOpenTo(sent(cookie))).toBe(true);
  expect(doorAt({ port: 7879 }).door.isOpenTo(sent(cookie))).toBe(false);
  expect(doorAt({ token: "b".repeat(64) }).door.isOpenTo(sent(cookie))).toBe(false);
  for (const headers of [
    {},
    { cookie: "" },
    { cookie: "continuo_7878=" },
    { cookie: `continuo_7878=${TOKEN}` },
  ])
    expect(door.isOpenTo(headers)).toBe(false);
  const code = door.newCode();
  clock.token = "b".repeat(64);
  expect(door.isOpenTo(sent(cookie))).toBe(false);
  expect(door.enter(code)).toBeUndefined();
});

test("the cookie says nothing of the token", () => {
  const { door } = doorAt();
  expect(door.enter(door.newCode())).not.toContain(TOKEN.slice(0, 8));
});
