import { useMemo } from 'preact/hooks';
import { number, shape } from '../lib/format';
import type { LayerSummary } from '../lib/types';
import { box, layOut, type Placed } from './graphLayout';

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** The network as boxes and arrows: what each layer puts out, and how many parameters it has. */
export function Graph({ layers }: { layers: LayerSummary[] }) {
  // Layers of older jobs don't say where their inputs come from: those are chains.
  const nodes = useMemo(() => layers.map((l, i) => ({ name: l.name, inputs: l.inputs ?? (i > 0 ? [layers[i - 1]!.name] : []) })), [layers]);
  const layout = useMemo(() => layOut(nodes), [nodes]);
  const most = Math.max(1, ...layers.map((l) => l.parameters));
  return (
    <div class="graph" tabIndex={0} role="region" aria-label="The network as a graph">
      <svg width={layout.width} height={layout.height} viewBox={`0 0 ${layout.width} ${layout.height}`} role="img" aria-label={`A graph of ${layers.length} layers; the table has the same in words`}>
        <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0L8 4L0 8z" /></marker></defs>
        {layout.edges.map((e) => <path class="edge" d={curve(e)} marker-end="url(#tip)" />)}
        {layers.map((l) => {
          const at = layout.nodes.get(l.name)!, left = at.x - box.width / 2;
          return (
            <g key={l.name} class={l.parameters > 0 ? (l.trainable_parameters === 0 ? 'frozen' : 'learns') : ''}>
              <title>{`${l.name}: ${l.type}, puts out ${shape(l.output_shape)}, ${number(l.parameters)} parameters`}</title>
              <rect x={left} y={at.y} width={box.width} height={box.height} rx="6" />
              <text class="name" x={left + 8} y={at.y + 17}>{cut(l.name, 24)}</text>
              <text x={left + 8} y={at.y + 34}>{cut(`${l.name.startsWith(l.type) ? '' : `${l.type} `}${shape(l.output_shape)}`, 27)}</text>
              {l.parameters > 0 && <text class="count" x={left + box.width - 8} y={at.y + 17}>{short(l.parameters)}</text>}
              {l.parameters > 0 && <rect class="share" x={left} y={at.y + box.height - 3} width={Math.max(2, (box.width * l.parameters) / most)} height="3" />}
            </g>
          );
        })}
      </svg>
    </div>
  );
}

const short = (n: number) => n.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 });

/** Straight past boxes, bent between rows. */
function curve(points: Placed[]): string {
  let path = `M${points[0]!.x} ${points[0]!.y}`;
  points.slice(1).forEach((p, i) => {
    const before = points[i]!, middle = (before.y + p.y) / 2;
    path += before.x === p.x ? `L${p.x} ${p.y}` : `C${before.x} ${middle} ${p.x} ${middle} ${p.x} ${p.y}`;
  });
  return path;
}
