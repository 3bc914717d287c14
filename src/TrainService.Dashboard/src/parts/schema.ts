import { isObject } from '../lib/json';
import type { Json, JsonObject } from '../lib/types';

/** A place in a schema is a set of schemas: any of them may hold there. */
export type Places = JsonObject[];

/** Opens references and alternatives. */
function open(root: JsonObject, schema: Json | undefined, into: JsonObject[] = [], seen = new Set<Json>()): JsonObject[] {
  if (!isObject(schema) || seen.has(schema)) return into;
  seen.add(schema);
  if (typeof schema.$ref === 'string') open(root, (root.$defs as JsonObject)?.[schema.$ref.replace('#/$defs/', '')], into, seen);
  for (const member of ['anyOf', 'oneOf', 'allOf']) for (const s of (schema[member] as Json[] | undefined) ?? []) open(root, s, into, seen);
  if (schema.properties || schema.items || schema.enum || schema.const !== undefined || schema.type) into.push(schema);
  return into;
}

export const start = (root: JsonObject): Places => open(root, root);

/** Which of the alternatives an object has chosen by its type. */
export function chosen(places: Places, type: string | null): Places {
  const objects = places.filter((p) => p.properties);
  if (type === null) return objects;
  const named = objects.filter((p) => ((((p.properties as JsonObject).type ?? (p.properties as JsonObject).class_name) as JsonObject | undefined)?.enum as Json[] | undefined)?.includes(type));
  return named.length > 0 ? named : objects;
}

/** One step down: a member of an object, or an element of a list (`null`). */
export function down(root: JsonObject, places: Places, member: string | null): Places {
  const found: JsonObject[] = [];
  for (const p of places) {
    const next = member === null ? p.items : (p.properties as JsonObject | undefined)?.[member] ?? (isObject(p.additionalProperties) ? p.additionalProperties : undefined);
    open(root, next, found);
  }
  return found;
}

export interface Proposal {
  label: string;
  detail: string;
  info: string;
}

const described = (s: JsonObject | undefined) => String(s?.description ?? s?.title ?? '');

/** Members that may stand in an object; the service's own words first, aliases left out. */
export function members(places: Places): Proposal[] {
  const found = new Map<string, Proposal>();
  for (const p of places)
    for (const [name, schema] of Object.entries((p.properties as JsonObject | undefined) ?? {}))
      if (!found.has(name)) found.set(name, { label: name, detail: typeName(schema as JsonObject), info: described(schema as JsonObject) });
  return [...found.values()];
}

/** Words that may stand as a value. */
export function values(places: Places): Proposal[] {
  const found = new Map<string, Proposal>();
  const add = (value: Json, info: string) => { const label = JSON.stringify(value); if (!found.has(label)) found.set(label, { label, detail: '', info }); };
  for (const p of places) {
    for (const value of (p.enum as Json[] | undefined) ?? []) add(value, '');
    if (p.const !== undefined) add(p.const, '');
    if (p.type === 'boolean') [true, false].forEach((v) => add(v, ''));
    const type = ((p.properties as JsonObject | undefined)?.type as JsonObject | undefined)?.enum as Json[] | undefined;
    if (type?.length) found.set(`{"type": ${JSON.stringify(type[0])}}`, { label: `{"type": ${JSON.stringify(type[0])}}`, detail: 'with arguments', info: described(p) });
  }
  // Keras's names of the same things stand in the schema too: they are understood, but need not be proposed.
  return [...found.values()].filter((v) => !/^"[A-Z]/.test(v.label) || !found.has(v.label.toLowerCase()));
}

function typeName(schema: JsonObject): string {
  const type = schema.type ?? ((schema.anyOf as JsonObject[] | undefined) ?? []).map((s) => s.type ?? String(s.$ref ?? '').replace('#/$defs/', '')).filter((t) => t && t !== 'null')[0];
  return schema.default !== undefined && schema.default !== null && typeof schema.default !== 'object' ? `${String(type ?? '')} = ${String(schema.default)}` : String(type ?? '');
}
