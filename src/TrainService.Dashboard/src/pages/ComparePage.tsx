import { useEffect, useMemo, useState } from 'preact/hooks';
import { Chart } from '../charts/Chart';
import { colours, column, metricNames, smooth } from '../charts/series';
import { get } from '../lib/api';
import { number, took } from '../lib/format';
import { useResource } from '../lib/poll';
import { go } from '../lib/router';
import type { Epoch, Job } from '../lib/types';
import { visible } from '../lib/visible';
import { differences } from '../parts/diff';
import { Scroll } from '../parts/Scroll';

/** Differences that are shown at once; jobs that have little in common differ in hundreds. */
const shortList = 25;

type Axis = 'epoch' | 'step' | 'seconds';

/** Jobs over each other, and where their specs differ. */
export function ComparePage({ ids }: { ids: string[] }) {
  const [jobs, setJobs] = useState<{ job: Job; epochs: Epoch[] }[]>([]);
  const [axis, setAxis] = useState<Axis>('epoch');
  const [weight, setWeight] = useState(0);
  const [log, setLog] = useState(false);
  const all = useResource<{ jobs: Job[] }>('/jobs?limit=200');
  const seen = visible.value;
  useEffect(() => {
    if (!seen) return;
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const load = async () => {
      const read = await Promise.all(ids.map(async (id) => ({ job: await get<Job>(`/jobs/${id}`), epochs: (await get<{ epochs: Epoch[] }>(`/jobs/${id}/metrics?max_points=1000`)).epochs }))).catch(() => null);
      if (gone) return;
      if (read) setJobs(read);
      // Of jobs that are over nothing more will come.
      if (!read?.every((j) => j.job.terminal)) timer = setTimeout(load, 3000);
    };
    void load();
    return () => { gone = true; clearTimeout(timer); };
  }, [ids.join(), seen]);

  const names = useMemo(() => [...new Set(jobs.flatMap((j) => metricNames(j.epochs)))], [jobs]);
  // What is null and what is not there mean the same: the default.
  const differing = useMemo(() => differences(jobs.map((j) => j.job.resolved)).filter((d) => d.pointer !== '/name' && new Set(d.values.map((v) => v ?? 'null')).size > 1), [jobs]);
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
          <h2>How they did</h2>
          <Scroll label="Outcomes">
            <table>
              <thead><tr><th>Last value</th>{jobs.map((j) => <th class="n">{title(j)}</th>)}</tr></thead>
              <tbody>
                {names.flatMap((n) => [n, `val_${n}`]).filter((n) => jobs.some((j) => column(j.epochs, n).at(-1) != null)).map((n) => <tr><td>{n}</td>{jobs.map((j) => <td class="n">{number(column(j.epochs, n).at(-1))}</td>)}</tr>)}
                <tr><td>time</td>{jobs.map((j) => <td class="n">{took(j.job.started_at, j.job.finished_at)}</td>)}</tr>
                <tr><td>parameters</td>{jobs.map((j) => <td class="n">{number(j.job.summary?.parameters)}</td>)}</tr>
              </tbody>
            </table>
          </Scroll>
          <h2>Where they differ</h2>
          {differing.length === 0 ? <p class="empty">Nowhere: they were asked for the same.</p> : <Differences jobs={jobs.map(title)} differing={differing.slice(0, shortList)} />}
          {differing.length > shortList && <details><summary>{differing.length - shortList} more</summary><Differences jobs={jobs.map(title)} differing={differing.slice(shortList)} /></details>}
        </section>
      )}
    </>
  );
}

function Differences({ jobs, differing }: { jobs: string[]; differing: ReturnType<typeof differences> }) {
  return (
    <Scroll label="Differences">
      <table>
        <thead><tr><th>Value</th>{jobs.map((j) => <th>{j}</th>)}</tr></thead>
        <tbody>{differing.map((d) => <tr><td><code>{d.pointer}</code></td>{d.values.map((v) => <td>{v === undefined || v === 'null' ? '–' : v}</td>)}</tr>)}</tbody>
      </table>
    </Scroll>
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
