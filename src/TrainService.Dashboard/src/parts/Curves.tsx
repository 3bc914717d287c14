import { useMemo, useState } from 'preact/hooks';
import { Chart, type Line, type Mark } from '../charts/Chart';
import { colours, column, metricNames, smooth } from '../charts/series';
import type { Epoch } from '../lib/types';

/** What a job has measured, epoch by epoch: each metric with its validation, the rate, the norms, the speed. */
export function Curves({ epochs, marks, over }: { epochs: Epoch[]; marks: Mark[]; over: boolean }) {
  const [weight, setWeight] = useState(0);
  const [log, setLog] = useState(false);
  const x = useMemo(() => epochs.map((e) => e.epoch), [epochs]);
  const charts = useMemo(() => {
    const pair = (name: string): { title: string; lines: Line[] } => ({
      title: name,
      lines: [
        { label: 'train', colour: colours[0]!, values: smooth(column(epochs, name), weight) },
        { label: 'validation', colour: colours[1]!, values: smooth(column(epochs, `val_${name}`), weight) },
      ].filter((l) => l.values.some((v) => v !== null)),
    });
    const single = (title: string, ...names: string[]) => ({
      title, lines: names.map((n, i): Line => ({ label: n.replaceAll('_', ' '), colour: colours[2 + i]!, values: column(epochs, n) })).filter((l) => l.values.some((v) => v !== null)),
    });
    return [...metricNames(epochs).map(pair), single('learning rate', 'learning_rate'), single('norms', 'gradient_norm', 'weight_norm'), single('samples a second', 'samples_per_second')].filter((c) => c.lines.length > 0);
  }, [epochs, weight]);
  if (epochs.length === 0) return <p class="empty">{over ? 'It ended before its first epoch did.' : 'No epoch is over yet.'}</p>;
  return (
    <section aria-label="Curves">
      <div class="bar-row">
        <label>Smoothing <input type="range" min="0" max="0.95" step="0.05" value={weight} onInput={(e) => setWeight(Number(e.currentTarget.value))} /></label>
        <label><input type="checkbox" checked={log} onChange={(e) => setLog(e.currentTarget.checked)} /> logarithmic</label>
        <small>Drag to zoom, double click to see all.</small>
      </div>
      <div class="charts">
        {charts.map((c) => <Chart key={c.title} title={c.title} x={x} lines={c.lines} xLabel="epoch" log={log} marks={marks} group="job" />)}
      </div>
    </section>
  );
}
