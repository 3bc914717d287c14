import { typeOf, useCatalog, type Catalog } from '../lib/catalog';
import { isObject } from '../lib/json';
import { useResource } from '../lib/poll';
import type { Dataset, Json, JsonObject } from '../lib/types';
import { Arguments } from './Arguments';
import { ComponentList } from './ComponentList';

/** The choices made most often, as fields; made from the catalog, so that what is new there is here at once. */
export function QuickForm({ spec, onChange }: { spec: JsonObject; onChange: (spec: JsonObject) => void }) {
  const datasets = useResource<{ datasets: Dataset[] }>('/datasets');
  const catalog = useCatalog();
  const set = (member: string, value: Json | undefined) => {
    const next = { ...spec };
    if (value === undefined) delete next[member];
    else next[member] = value;
    onChange(next);
  };
  const dataset = (spec.dataset ?? {}) as JsonObject;
  const names = (datasets.value?.datasets ?? []).map((d) => d.name);
  const missing = typeof dataset.name === 'string' && !names.includes(dataset.name) ? dataset.name : null;
  const model = isObject(spec.model) && spec.model.type === 'sequential' && Array.isArray(spec.model.layers) ? spec.model : null;
  const list = (member: string) => (Array.isArray(spec[member]) ? spec[member] : spec[member] === undefined ? [] : null);
  const metrics = list('metrics'), callbacks = list('callbacks');
  const ready = catalog.size > 0;
  return (
    <fieldset class="quick">
      <legend>The essentials</legend>
      <label>Name <input value={String(spec.name ?? '')} onInput={(e) => set('name', e.currentTarget.value || undefined)} /></label>
      <label>Data <select value={String(dataset.name ?? '')} onChange={(e) => set('dataset', { ...dataset, name: e.currentTarget.value })}>
        {missing && <option value={missing}>{missing} (not here)</option>}
        {names.map((name) => <option>{name}</option>)}
      </select></label>
      <label title="Learn from so many rows only; empty for all">Rows <input type="number" min="1" value={typeof dataset.limit === 'number' ? dataset.limit : ''} placeholder="all" onInput={(e) => {
        const { limit: _, ...rest } = dataset;
        set('dataset', e.currentTarget.value ? { ...rest, limit: Number(e.currentTarget.value) } : rest);
      }} /></label>
      {(spec.loss === undefined || typeOf(spec.loss)) && <Choice label="Loss" member="loss" category="loss" spec={spec} catalog={catalog} set={set} />}
      <Choice label="Optimizer" member="optimizer" category="optimizer" spec={spec} catalog={catalog} set={set} />
      <Choice label="Schedule" member="schedule" category="schedule" spec={spec} catalog={catalog} set={set} optional />
      <label>Batch <input type="number" min="1" value={String(spec.batch_size ?? 32)} onInput={(e) => set('batch_size', Number(e.currentTarget.value) || undefined)} /></label>
      {!spec.phases && <label>Epochs <input type="number" min="1" value={String(spec.epochs ?? 1)} onInput={(e) => set('epochs', Number(e.currentTarget.value) || undefined)} /></label>}
      <label>Seed <input type="number" min="0" value={String(spec.seed ?? 0)} onInput={(e) => set('seed', Number(e.currentTarget.value))} /></label>
      {ready && model && <ComponentList title="Layers" one="layer" category="layer" ordered values={model.layers as Json[]} catalog={catalog} fresh={{ type: 'dense', units: 64, activation: 'relu' }} onChange={(layers) => set('model', { ...model, layers })} />}
      {ready && metrics && <ComponentList title="Metrics" one="metric" category="metric" values={metrics} catalog={catalog} fresh="accuracy" onChange={(m) => set('metrics', m.length ? m : undefined)} />}
      {ready && callbacks && <ComponentList title="Callbacks" one="callback" category="callback" values={callbacks} catalog={catalog} fresh={{ type: 'early_stopping', patience: 5, restore_best_weights: true }} onChange={(c) => set('callbacks', c.length ? c : undefined)} />}
    </fieldset>
  );
}

interface ChoiceProps {
  label: string;
  member: string;
  category: string;
  spec: JsonObject;
  catalog: Catalog;
  set: (member: string, value: Json | undefined) => void;
  optional?: boolean;
}

function Choice({ label, member, category, spec, catalog, set, optional }: ChoiceProps) {
  const components = catalog.get(category) ?? [];
  const type = typeOf(spec[member]);
  const chosen = components.find((c) => c.name === type);
  return (
    <span class="choice">
      <label>{label} <select value={type} onChange={(e) => set(member, e.currentTarget.value || undefined)} title={chosen?.advice ?? chosen?.summary}>
        {optional && <option value="">none</option>}
        {!optional && !type && <option value="">the default</option>}
        {components.map((c) => <option value={c.name}>{c.name}</option>)}
      </select></label>
      {chosen && chosen.arguments.length > 0 && (
        <details>
          <summary>arguments</summary>
          <p><small>{chosen.summary} {chosen.advice}</small></p>
          <Arguments component={chosen} value={spec[member]} catalog={catalog} onChange={(v) => set(member, v)} />
        </details>
      )}
    </span>
  );
}
