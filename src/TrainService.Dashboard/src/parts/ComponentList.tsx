import { typeOf, type Argument, type Catalog } from '../lib/catalog';
import { isObject } from '../lib/json';
import type { Json, JsonObject } from '../lib/types';
import { Arguments } from './Arguments';

interface Props {
  title: string;
  /** One of them, as in "Add a layer". */
  one: string;
  category: string;
  values: Json[];
  catalog: Catalog;
  onChange: (values: Json[]) => void;
  /** Whether their order matters. */
  ordered?: boolean;
  /** A new one, before its type is chosen. */
  fresh: Json;
}

/** What has to be said to get going, where the service has no default. */
const usual: JsonObject = { units: 64, filters: 32, kernel_size: 3, rate: 0.2, pool_size: 2, monitor: 'val_loss' };
const first: (a: Argument) => boolean = (a) => a.required || a.name === 'activation';

/** A list of components, such as the layers of a network, as rows of fields made from the catalog. */
export function ComponentList({ title, one, category, values, catalog, onChange, ordered, fresh }: Props) {
  const known = catalog.get(category) ?? [];
  const put = (at: number, value: Json) => onChange(values.map((v, i) => (i === at ? value : v)));
  const retype = (at: number, type: string) => {
    const needed = known.find((c) => c.name === type)?.arguments.filter((a) => a.required && usual[a.name] !== undefined) ?? [];
    put(at, needed.length ? { type, ...Object.fromEntries(needed.map((a) => [a.name, usual[a.name]!])) } : type);
  };
  const move = (at: number, by: number) => {
    const next = [...values];
    next.splice(at + by, 0, ...next.splice(at, 1));
    onChange(next);
  };
  // The last layer is nearly always the output: what is added stands before it.
  const add = () => onChange(ordered && values.length > 0 ? [...values.slice(0, -1), fresh, values.at(-1)!] : [...values, fresh]);
  return (
    <details class="components">
      <summary>{title}: {values.length === 0 ? 'none' : values.map(typeOf).join(', ')}</summary>
      <ol>
        {values.map((value, i) => {
          const chosen = known.find((c) => c.name === typeOf(value)), keras = isObject(value) && value.class_name !== undefined;
          return (
            <li>
              {keras ? <code>{typeOf(value)}</code> : (
                <select aria-label={`${one} ${i + 1}`} value={typeOf(value)} title={chosen?.advice ?? chosen?.summary} onChange={(e) => retype(i, e.currentTarget.value)}>
                  {known.map((c) => <option value={c.name}>{c.name}</option>)}
                </select>
              )}
              {chosen && !keras && (
                <>
                  <Arguments component={chosen} value={value} catalog={catalog} onChange={(v) => put(i, v)} only={first} />
                  {chosen.arguments.some((a) => !first(a)) && <details><summary>more</summary><p><small>{chosen.summary} {chosen.advice}</small></p><Arguments component={chosen} value={value} catalog={catalog} onChange={(v) => put(i, v)} only={(a) => !first(a)} /></details>}
                </>
              )}
              <span class="spacer" />
              {ordered && <button class="plain small" disabled={i === 0} aria-label={`Move ${one} ${i + 1} up`} onClick={() => move(i, -1)}>↑</button>}
              {ordered && <button class="plain small" disabled={i === values.length - 1} aria-label={`Move ${one} ${i + 1} down`} onClick={() => move(i, 1)}>↓</button>}
              <button class="plain small" aria-label={`Take ${one} ${i + 1} out`} onClick={() => onChange(values.filter((_, k) => k !== i))}>×</button>
            </li>
          );
        })}
      </ol>
      <button onClick={add}>Add a {one}</button>
    </details>
  );
}
