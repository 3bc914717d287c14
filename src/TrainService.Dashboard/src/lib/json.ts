import type { Json, JsonObject } from './types';

export const isObject = (value: Json | undefined): value is JsonObject => value !== null && typeof value === 'object' && !Array.isArray(value);

/** A job as it was written, or why it is none. */
export function readObject(text: string): { value: JsonObject } | { message: string } {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? { value } : { message: 'A job is an object: {…}.' };
  } catch (e) {
    return { message: (e as Error).message };
  }
}
