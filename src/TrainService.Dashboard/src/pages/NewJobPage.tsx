import { useEffect, useState } from 'preact/hooks';
import { Chart } from '../charts/Chart';
import { colours } from '../charts/series';
import { ApiError, get, post } from '../lib/api';
import { go } from '../lib/router';
import { useResource } from '../lib/poll';
import type { Checkpoint, Job, JsonObject, Problem, Summary, Warning } from '../lib/types';
import { differences, mergePatch } from '../parts/diff';
import { JsonEditor } from '../parts/JsonEditor';
import { Layers, Totals } from '../parts/Layers';
import { Problems } from '../parts/Problems';
import { pretty } from '../parts/pretty';
import { QuickForm } from '../parts/QuickForm';
import { exampleGroups, templates } from '../parts/templates';

/** What the service makes of a job. */
interface Validated {
  resolved: JsonObject;
  summary: Summary;
  warnings: Warning[];
}

/** A job in the making: a few fields, the whole as JSON, and what the service makes of it while one types. */
export function NewJobPage({ from }: { from: string | null }) {
  const [text, setText] = useState(() => sessionStorage.getItem('draft') ?? pretty(templates[0]!.spec));
  const [original, setOriginal] = useState<Job | null>(null);
  const [checkpoint, setCheckpoint] = useState('');
  const [checked, setChecked] = useState<Validated[] | null>(null);
  const [checkedText, setCheckedText] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const checkpoints = useResource<{ checkpoints: Checkpoint[] }>(from ? `/jobs/${from}/checkpoints` : null);

  useEffect(() => {
    if (from) void get<Job>(`/jobs/${from}`).then((job) => { setOriginal(job); setText(pretty(job.spec)); }).catch(() => undefined);
  }, [from]);
  useEffect(() => {
    if (!from) sessionStorage.setItem('draft', text);
    let gone = false;
    const timer = setTimeout(async () => {
      const spec = parse(text);
      if ('message' in spec) {
        setChecked(null);
        setProblem({ title: 'This is not JSON yet', status: 0, detail: spec.message });
        return;
      }
      try {
        const answer = await post<Validated | { jobs: Validated[] }>('/jobs/validate', spec.value);
        if (gone) return;
        setChecked('jobs' in answer ? answer.jobs : [answer]);
        setCheckedText(text);
        setProblem(null);
      } catch (e) {
        if (gone || !(e instanceof ApiError)) return;
        setChecked(null);
        setProblem(e.problem);
      }
    }, 250);
    return () => { gone = true; clearTimeout(timer); };
  }, [text]);

  const choose = async (name: string) => {
    const example = exampleGroups.flatMap((g) => g.examples).find((x) => x.name === name);
    const spec = example ? await example.load() : templates[Number(name)]?.spec;
    if (spec) setText(pretty(spec));
  };
  const parsed = parse(text);
  const spec = 'value' in parsed ? parsed.value : null;
  const submit = async () => {
    setSending(true);
    try {
      const job = checkpoint && original
        ? await post<Job>(`/jobs/${original.id}/fork`, { checkpoint, patch: mergePatch(original.spec, spec!) })
        : await post<Job | { jobs: Job[] }>('/jobs', spec, { 'Idempotency-Key': crypto.randomUUID() });
      sessionStorage.removeItem('draft');
      go(`/jobs/${'jobs' in job ? job.jobs[0]!.id : job.id}`);
    } catch (e) {
      if (e instanceof ApiError) setProblem(e.problem);
    } finally {
      setSending(false);
    }
  };
  return (
    <>
      <div class="bar-row">
        <h1>{original ? `Again: ${original.name ?? original.id}` : 'New job'}</h1>
        <label>Template <select value="" onChange={(e) => void choose(e.currentTarget.value)}>
          <option value="">choose …</option>
          {templates.map((t, i) => <option value={i}>{t.name}</option>)}
          {exampleGroups.map((g) => <optgroup label={g.title}>{g.examples.map((x) => <option value={x.name}>{x.name}</option>)}</optgroup>)}
        </select></label>
        {original && (
          <label>Start from <select value={checkpoint} onChange={(e) => setCheckpoint(e.currentTarget.value)}>
            <option value="">new weights</option>
            {(checkpoints.value?.checkpoints ?? []).map((c) => <option value={c.id}>the checkpoint of epoch {c.epoch}</option>)}
          </select></label>
        )}
        <span class="spacer" />
        <button class="main" disabled={!checked || checkedText !== text || sending} onClick={submit}>{checkpoint ? 'Fork' : 'Start'}</button>
      </div>
      <div class="columns">
        <div>
          {spec && !spec.chain && <QuickForm spec={spec} onChange={(s) => setText(pretty(s))} />}
          <JsonEditor text={text} onChange={setText} errors={problem?.errors ?? []} label="The job as JSON" />
          <p><small>Every member and its range: <a href="/schema/job.json">schema</a>, <a href="/catalog">catalog</a>. Escape, then Tab leaves the editor.</small></p>
        </div>
        <div aria-live="polite">
          <Problems problem={problem} />
          {checked?.map((c, i) => <Checked key={i} checked={c} title={checked.length > 1 ? String(c.resolved.name ?? `Job ${i + 1}`) : null} />)}
          {original && spec && <Changes from={original.spec} to={spec} />}
          {spec && <details><summary>As a command</summary><pre>{`curl -X POST ${location.origin}/jobs \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(spec).replaceAll("'", "'\\''")}'`}</pre></details>}
        </div>
      </div>
    </>
  );
}

/** What a job will be; of a chain, each under its name. */
function Checked({ checked: { resolved, summary, warnings }, title }: { checked: Validated; title: string | null }) {
  return (
    <>
      {title && <h2>{title}</h2>}
      {summary.layers && <Totals summary={summary} />}
      {warnings.length > 0 && <ul class="warnings">{warnings.map((w) => <li><code>{w.pointer}</code> {w.detail} {w.remedy}</li>)}</ul>}
      {summary.layers && resolved.optimizer && <RateCurve resolved={resolved} summary={summary} />}
      {summary.layers && <details open={!title && summary.layers.length < 20}><summary>{summary.layers.length} layers</summary><Layers layers={summary.layers} model={resolved.model} /></details>}
    </>
  );
}

function parse(text: string): { value: JsonObject } | { message: string } {
  try {
    return { value: JSON.parse(text) as JsonObject };
  } catch (e) {
    return { message: (e as Error).message };
  }
}

function Changes({ from, to }: { from: JsonObject; to: JsonObject }) {
  const all = differences([from, to]);
  if (all.length === 0) return <p class="empty">Nothing is changed yet.</p>;
  return (
    <table>
      <caption>What is changed</caption>
      <thead><tr><th>Value</th><th>Before</th><th>Now</th></tr></thead>
      <tbody>{all.map((d) => <tr><td><code>{d.pointer}</code></td><td>{d.values[0] ?? '–'}</td><td>{d.values[1] ?? '–'}</td></tr>)}</tbody>
    </table>
  );
}

interface Preview {
  points: { step: number; learning_rate: number }[];
}

/** The learning rate over the job, before it runs. */
function RateCurve({ resolved, summary }: { resolved: JsonObject; summary: Summary }) {
  const [points, setPoints] = useState<Preview['points']>([]);
  const optimizer = resolved.optimizer as JsonObject | null;
  const body = JSON.stringify({ schedule: resolved.schedule, learning_rate: optimizer?.learning_rate, steps_per_epoch: summary.steps_per_epoch, epochs: resolved.epochs });
  useEffect(() => {
    setPoints([]);
    if (!resolved.schedule || typeof optimizer?.learning_rate !== 'number') return;
    let gone = false;
    post<Preview>('/schedules/preview', body).then((p) => !gone && setPoints(p.points)).catch(() => undefined);
    return () => { gone = true; };
  }, [body]);
  if (points.length < 2) return null;
  return <Chart title="learning rate" x={points.map((p) => p.step)} lines={[{ label: 'rate', colour: colours[2]!, values: points.map((p) => p.learning_rate) }]} xLabel="step" height={150} />;
}
