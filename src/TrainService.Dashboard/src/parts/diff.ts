import { isObject } from '../lib/json';
import type { Json, JsonObject } from '../lib/types';

/** Every leaf of a spec by its JSON pointer. */
export function leaves(value: Json, pointer = '', into = new Map<string, string>()): Map<string, string> {
  if (value !== null && typeof value === 'object' && Object.keys(value).length > 0)
    for (const [key, member] of Object.entries(value as JsonObject)) leaves(member, `${pointer}/${key}`, into);
  else into.set(pointer || '/', JSON.stringify(value));
  return into;
}

/** The places where specs differ, with each one's value. */
export function differences(specs: Json[]): { pointer: string; values: (string | undefined)[] }[] {
  const all = specs.map((s) => leaves(s));
  const pointers = new Set(all.flatMap((m) => [...m.keys()]));
  return [...pointers].map((pointer) => ({ pointer, values: all.map((m) => m.get(pointer)) })).filter((d) => new Set(d.values).size > 1);
}

/** A merge patch (RFC 7396) that makes `to` out of `from`. */
export function mergePatch(from: Json, to: Json): Json {
  if (!isObject(from) || !isObject(to)) return to;
  const patch: JsonObject = {};
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, value] of Object.entries(to))
    if (!(key in from)) patch[key] = value;
    else if (JSON.stringify(from[key]) !== JSON.stringify(value)) patch[key] = mergePatch(from[key]!, value);
  return patch;
}
