/**
 * Objects of Bitwig's API: undocumented members throw, and the used ones are recorded.
 */
import api from "./api-17.json" with { type: "json" };

interface Documented {
  extends: string[];
  methods: Record<string, number>;
}
const interfaces: Record<string, Documented> = api.interfaces;

/** `Interface.method` of every method that a script called or looked at, here or in another test of this file. */
export const used = new Set<string>();

/** The API version that brought a method, or undefined where the documentation has none of that name. */
export function sinceOf(name: string, method: string): number | undefined {
  const found = interfaces[name];
  if (found === undefined) throw new Error(`api-17.json has no ${name}`);
  const own = Object.hasOwn(found.methods, method) ? found.methods[method] : undefined;
  return own ?? found.extends.map((parent) => sinceOf(parent, method)).find((since) => since !== undefined);
}

const names = new WeakMap<object, string>();
const methodsByObject = new WeakMap<object, Methods>();

/** The interface that an object of the API has. */
export function nameOf(object: object): string {
  const name = names.get(object);
  if (name === undefined) throw new TypeError("this is not an object of the API");
  return name;
}

/** The faked methods of an object of the API, which anybody may call. */
export function methodsOf(object: object): Record<string, () => unknown> {
  return (methodsByObject.get(object) ?? {}) as Record<string, () => unknown>;
}

export type Methods = Record<string, (...values: never[]) => unknown>;

/** What the script gets; `methods` are those that the tests need. */
export function strict<M extends Methods>(name: string, methods: M): M {
  for (const method of Object.keys(methods)) {
    if (sinceOf(name, method) === undefined) throw new Error(`the fake ${name}.${method} is not in the API`);
  }
  const made = new Proxy(methods, {
    get(target, method) {
      if (typeof method === "symbol") return undefined;
      // A promise's own question, which comes from the test's side alone.
      if (method === "then") return undefined;
      if (sinceOf(name, method) === undefined)
        throw new TypeError(`${name}.${method} is not in Bitwig's API`);
      const found = target[method];
      if (found === undefined) throw new TypeError(`${name}.${method} is not faked`);
      used.add(`${name}.${method}`);
      return found;
    },
    set(_target, member) {
      throw new TypeError(`${name}.${String(member)} was set`);
    },
  });
  names.set(made, name);
  methodsByObject.set(made, methods);
  return made;
}
