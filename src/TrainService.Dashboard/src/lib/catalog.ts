import { useResource } from './poll';
import type { Json } from './types';

export interface Argument {
  name: string;
  type: string;
  description: string;
  required: boolean;
  default: Json;
  minimum: number | null;
  maximum: number | null;
  choices: string[] | null;
  category: string | null;
}

export interface Component {
  name: string;
  summary: string;
  advice: string | null;
  arguments: Argument[];
}

export type Catalog = Map<string, Component[]>;

/** Everything that a job can ask for by name, by category; empty until it is there. */
export function useCatalog(): Catalog {
  const { value } = useResource<{ categories: { name: string; components: Component[] }[] }>('/catalog');
  return new Map((value?.categories ?? []).map((c) => [c.name, c.components]));
}

/** The type of what may be written as a bare name, as an object, or as Keras does. */
export const typeOf = (value: Json | undefined): string => (typeof value === 'string' ? value : value && typeof value === 'object' && !Array.isArray(value) ? String(value.type ?? value.class_name ?? '') : '');
