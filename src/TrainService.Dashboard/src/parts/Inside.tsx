import { useState } from 'preact/hooks';
import { useAction } from '../lib/action';
import { post } from '../lib/api';
import { number, percent } from '../lib/format';
import type { Histogram, Histograms } from '../lib/types';
import { Problems } from './Problems';
import { Scroll } from './Scroll';

/** Weights and activations, layer by layer, when asked for; of fewer rows where inputs are large (`size` numbers each), or one would wait long. */
export function Inside({ id, size }: { id: string; size: number }) {
  const [value, setValue] = useState<Histograms | null>(null);
  const { busy, problem, run } = useAction();
  const count = async () => setValue(await run(() => post<Histograms>(`/checkpoints/${id}/histograms`, { rows: size > 20_000 ? 10 : 100, bins: 30 })));
  return (
    <section class="panel">
      <div class="bar-row"><h2>Inside</h2><button onClick={count} disabled={busy}>{busy ? 'Counting' : 'Weights and activations by layer'}</button></div>
      <Problems problem={problem} />
      {value && (
        <Scroll label="Histograms by layer">
          <table class="inside">
            <caption>{value.dataset ? `Activations of ${value.rows} rows of ${value.dataset}, dropout off.` : 'Weights; the data that it learned from is not known here.'}</caption>
            <thead><tr><th>Layer</th><th>Puts out</th><th>Weights</th></tr></thead>
            <tbody>
              {value.layers.map((l) => (
                <tr><th scope="row">{l.name}<br /><small>{l.type}</small></th><td>{l.activations && <Bars h={l.activations} of={`what ${l.name} puts out`} />}</td><td class="tensors">{l.weights.map((w) => <Bars h={w.histogram} of={w.tensor} named />)}</td></tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
}

function Bars({ h, of, named }: { h: Histogram; of: string; named?: boolean }) {
  const most = Math.max(1, ...h.bins), step = 120 / h.bins.length;
  const told = `${number(h.minimum, 3)} to ${number(h.maximum, 3)}, mean ${number(h.mean, 3)}, deviation ${number(h.standard_deviation, 3)}${h.zeros >= 0.005 ? `, ${percent(h.zeros)} zero` : ''}`;
  return (
    <figure class="bars">
      <svg viewBox="0 0 120 36" width="120" height="36" role="img" aria-label={`Histogram of ${of}: ${told}`}>
        {h.bins.map((count, i) => <rect x={i * step} y={36 - (36 * count) / most} width={Math.max(0.5, step - 0.5)} height={(36 * count) / most} />)}
      </svg>
      <figcaption>{named && <><code>{of.split('/').at(-1)}</code> </>}<small>{told}</small></figcaption>
    </figure>
  );
}
