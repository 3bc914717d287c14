import { useEffect, useMemo, useState } from 'preact/hooks';
import { Chart } from '../charts/Chart';
import { colours, column, metricNames, smooth } from '../charts/series';
import { get } from '../lib/api';
import { number } from '../lib/format';
import { useResource } from '../lib/poll';
import { go } from '../lib/router';
import type { Epoch, Job } from '../lib/types';
import { differences } from '../parts/diff';
import { Scroll } from '../parts/Scroll';

type Axis = 'epoch' | 'step' | 'seconds';

/** Jobs over each other, and where their specs differ. */
export function ComparePage({ ids }: { ids: string[] }) {
  const [jobs, setJobs] = useState<{ job: Job; epochs: Epoch[] }[]>([]);
  const [axis, setAxis] = useState<Axis>('epoch');
  const [weight, setWeight] = useState(0);
  const [log, setLog] = useState(false);
  const all = useResource<{ jobs: Job[] }>('/jobs?limit=200');
  useEffect(() => {
    let gone = false;
    const load = async () => {
      const read = await Promise.all(ids.map(async (id) => ({ job: await get<Job>(`/jobs/${id}`), epochs: (await get<{ epochs: Epoch[] }>(`/jobs/${id}/metrics?max_points=1000`)).epochs })));
      if (!gone) setJobs(read);
    };
    void load().catch(() => undefined);
    const timer = setInterval(() => !document.hidden && void load().catch(() => undefined), 3000);
    return () => { gone = true; clearInterval(timer); };
  }, [ids.join()]);

  const names = useMemo(() => [...new Set(jobs.flatMap((j) => metricNames(j.epochs)))], [jobs]);
  const differing = useMemo(() => differences(jobs.map((j) => j.job.resolved)), [jobs]);
  const title = (j: { job: Job }) => j.job.name ?? j.job.id;
  return (
    <>
      <div class="bar-row">
        <h1>Compare</h1>
        <label>Over <select value={axis} onChange={(e) => setAxis(e.currentTarget.value as Axis)}><option value="epoch">epochs</option><option value="step">steps</option><option value="seconds">seconds</option></select></label>
        <label>Smoothing <input type="range" min="0" max="0.95" step="0.05" value={weight} onInput={(e) => setWeight(Number(e.currentTarget.value))} /></label>
        <label><input type="checkbox" checked={log} onChange={(e) => setLog(e.currentTarget.checked)} /> logarithmic</label>
        <label>Add <select value="" onChange={(e) => go(`/compare?jobs=${[...ids, e.currentTarget.value].join(',')}`)}>
          <option value="">a job …</option>
          {(all.value?.jobs ?? []).filter((j) => !ids.includes(j.id)).map((j) => <option value={j.id}>{j.name ?? j.id} ({j.status})</option>)}
        </select></label>
      </div>
      <ul class="legend">
        {jobs.map((j, i) => (
          <li><span class="swatch" style={{ background: colours[i % colours.length] }} /><a href={`#/jobs/${j.job.id}`}>{title(j)}</a> {j.job.status}
            <button class="plain small" onClick={() => go(`/compare?jobs=${ids.filter((x) => x !== j.job.id).join(',')}`)} aria-label={`Take ${title(j)} out`}>×</button></li>
        ))}
      </ul>
      <div class="charts">
        {names.flatMap((n) => [n, `val_${n}`]).map((name) => <Overlay key={name} name={name} jobs={jobs} axis={axis} weight={weight} log={log} />)}
      </div>
      {jobs.length > 1 && (
        <section>
          <h2>Where they differ</h2>
          <Scroll label="Differences">
            <table>
              <thead><tr><th>Value</th>{jobs.map((j) => <th>{title(j)}</th>)}</tr></thead>
              <tbody>
                {differing.filter((d) => d.pointer !== '/name').slice(0, 200).map((d) => <tr><td><code>{d.pointer}</code></td>{d.values.map((v) => <td>{v ?? <em>not there</em>}</td>)}</tr>)}
                {names.map((n) => <tr><td>last {n} (validation)</td>{jobs.map((j) => <td class="n">{number(column(j.epochs, n).at(-1))} ({number(column(j.epochs, `val_${n}`).at(-1))})</td>)}</tr>)}
              </tbody>
            </table>
          </Scroll>
        </section>
      )}
    </>
  );
}

function Overlay({ name, jobs, axis, weight, log }: { name: string; jobs: { job: Job; epochs: Epoch[] }[]; axis: Axis; weight: number; log: boolean }) {
  const { x, lines } = useMemo(() => {
    const places = jobs.map((j) => placesOf(j, axis));
    const x = [...new Set(places.flat())].sort((a, b) => a - b);
    const lines = jobs.map((j, i) => {
      const at = new Map(places[i]!.map((p, k) => [p, smooth(column(j.epochs, name), weight)[k] ?? null]));
      return { label: j.job.name ?? j.job.id, colour: colours[i % colours.length]!, values: x.map((p) => at.get(p) ?? null) };
    });
    return { x, lines };
  }, [jobs, axis, weight, name]);
  if (!lines.some((l) => l.values.some((v) => v !== null))) return null;
  return <Chart title={name} x={x} lines={lines} xLabel={axis} log={log} group="compare" />;
}

function placesOf({ job, epochs }: { job: Job; epochs: Epoch[] }, axis: Axis): number[] {
  if (axis === 'epoch') return epochs.map((e) => e.epoch);
  if (axis === 'step') return epochs.map((e) => e.epoch * (job.summary?.steps_per_epoch ?? 1));
  // A thinned history leaves epochs out: those between took as long as their neighbours.
  let seconds = 0, before = 0;
  return epochs.map((e) => {
    seconds += (e.duration_seconds ?? 0) * (e.epoch - before);
    before = e.epoch;
    return seconds;
  });
}
