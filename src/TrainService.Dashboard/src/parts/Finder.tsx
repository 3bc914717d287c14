import { useMemo } from 'preact/hooks';
import { Chart } from '../charts/Chart';
import { colours } from '../charts/series';
import { number } from '../lib/format';
import type { Summary } from '../lib/types';

export interface FinderPoint {
  step: number;
  learning_rate: number;
  loss: number | null;
  smoothed_loss: number | null;
}

const names: Record<string, string> = { learning_rate: 'suggested', steepest: 'steepest', minimum: 'least loss', min_lr: 'cycle from', max_lr: 'cycle to' };

/** The loss over a rising learning rate, with what it suggests. */
export function Finder({ curve, found }: { curve: FinderPoint[]; found: Summary['lr_find'] | undefined }) {
  const x = useMemo(() => curve.map((p) => p.learning_rate), [curve]);
  // Where it exploded the loss would flatten everything else.
  const lines = useMemo(() => {
    const least = Math.min(...curve.map((p) => p.smoothed_loss ?? Infinity)), first = curve[0]?.smoothed_loss ?? 0;
    const most = least + 2 * Math.max(first - least, Math.abs(least) / 2);
    const shown = (v: number | null) => (v !== null && v <= most ? v : null);
    return [{ label: 'loss', colour: colours[7]!, values: curve.map((p) => shown(p.loss)) }, { label: 'smoothed', colour: colours[0]!, values: curve.map((p) => shown(p.smoothed_loss)) }];
  }, [curve]);
  const suggestions = Object.entries(found?.suggestions ?? {}).filter((s): s is [string, number] => s[1] !== null);
  if (curve.length < 2) return null;
  return (
    <section aria-label="Search for a learning rate">
      <h2>Search for a learning rate</h2>
      {found && <p>{found.why}{found.suggestions.learning_rate ? <> Suggested: <strong>{number(found.suggestions.learning_rate)}</strong>, a tenth of that.</> : null}</p>}
      <div class="charts"><Chart title="loss over the learning rate" x={x} lines={lines} xLabel="learning rate" xLog marks={suggestions.filter(([n]) => n in names).map(([n, v]) => ({ x: v, label: names[n]! }))} height={280} /></div>
      {suggestions.length > 0 && <dl class="facts">{suggestions.map(([n, v]) => <div><dt>{names[n] ?? n}</dt><dd>{number(v)}</dd></div>)}</dl>}
    </section>
  );
}
