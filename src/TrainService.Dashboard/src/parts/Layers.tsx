import { useState } from 'preact/hooks';
import { bytes, duration, number, shape } from '../lib/format';
import type { LayerSummary, Summary } from '../lib/types';
import { Graph } from './Graph';
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

/** The network, as a graph or layer by layer. */
export function Layers({ layers, open }: { layers: LayerSummary[]; open: boolean }) {
  const [shown, setShown] = useState(open && layers.length < 60);
  const [drawn, setDrawn] = useState(true);
  return (
    <details open={shown} onToggle={(e) => setShown(e.currentTarget.open)}>
      <summary>{layers.length} layers</summary>
      {shown && (
        <>
          <div class="bar-row" role="group" aria-label="How the network is shown">
            <button aria-pressed={drawn} onClick={() => setDrawn(true)}>Graph</button>
            <button aria-pressed={!drawn} onClick={() => setDrawn(false)}>Table</button>
          </div>
          {drawn ? <Graph layers={layers} /> : <Table layers={layers} />}
        </>
      )}
    </details>
  );
}

function Table({ layers }: { layers: LayerSummary[] }) {
  const most = Math.max(1, ...layers.map((l) => l.parameters));
  // Only networks that branch say where their layers' inputs come from.
  const branches = layers.some((l, i) => l.inputs && i > 0 && (l.inputs.length !== 1 || l.inputs[0] !== layers[i - 1]!.name));
  return (
    <Scroll label="Layers">
      <table class="layers">
        <thead><tr><th>Layer</th><th>Type</th>{branches && <th>From</th>}<th class="n">Output</th><th class="n">Parameters</th><th class="n">MFLOP</th></tr></thead>
        <tbody>
          {layers.map((l) => (
            <tr>
              <td>{l.name}</td><td><code>{l.type}</code></td>
              {branches && <td>{(l.inputs ?? []).join(', ')}</td>}
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
