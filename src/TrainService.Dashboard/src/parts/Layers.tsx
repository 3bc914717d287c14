import { bytes, duration, number, shape } from '../lib/format';
import type { Json, JsonObject, LayerSummary, Summary } from '../lib/types';
import { Scroll } from './Scroll';

/** What is known of a network before it runs: sizes, work, memory, time. */
export function Totals({ summary }: { summary: Summary }) {
  return (
    <dl class="facts">
      <div><dt>Parameters</dt><dd>{number(summary.parameters)}{summary.trainable_parameters !== summary.parameters && ` (${number(summary.trainable_parameters)} trainable)`}</dd></div>
      <div><dt>Work a sample</dt><dd>{number(summary.flops / 1e6, 3)} MFLOP</dd></div>
      <div><dt>Memory</dt><dd>{bytes(summary.peak_memory_bytes)}</dd></div>
      <div><dt>Rows</dt><dd>{number(summary.train_rows)} train{summary.validation_rows ? `, ${number(summary.validation_rows)} validation` : ''}</dd></div>
      <div><dt>Steps an epoch</dt><dd>{number(summary.steps_per_epoch)}</dd></div>
      {summary.estimated_seconds_per_epoch !== null && <div><dt>An epoch takes about</dt><dd>{duration(summary.estimated_seconds_per_epoch)}</dd></div>}
    </dl>
  );
}

/** The network, layer by layer, with what flows between. */
export function Layers({ layers, model }: { layers: LayerSummary[]; model?: Json }) {
  const most = Math.max(1, ...layers.map((l) => l.parameters));
  const inputs = inputsOf(model);
  return (
    <Scroll label="Layers">
      <table class="layers">
        <thead><tr><th>Layer</th><th>Type</th>{inputs && <th>From</th>}<th class="n">Output</th><th class="n">Parameters</th><th class="n">MFLOP</th></tr></thead>
        <tbody>
          {layers.map((l) => (
            <tr>
              <td>{l.name}</td><td><code>{l.type}</code></td>
              {inputs && <td>{(inputs.get(l.name) ?? []).join(', ')}</td>}
              <td class="n">{shape(l.output_shape)}</td>
              <td class="n"><span class="bar" style={{ width: `${(60 * l.parameters) / most}px` }} />{number(l.parameters)}{l.parameters > 0 && l.trainable_parameters === 0 && <em> frozen</em>}</td>
              <td class="n">{number(l.flops / 1e6, 3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

// Only networks that branch say where their layers' inputs come from.
function inputsOf(model: Json | undefined): Map<string, string[]> | null {
  const layers = (model as JsonObject | undefined)?.layers;
  if (!Array.isArray(layers) || !layers.some((l) => Array.isArray((l as JsonObject).inputs))) return null;
  return new Map(layers.map((l) => [String((l as JsonObject).name), ((l as JsonObject).inputs as string[] | null) ?? []]));
}
