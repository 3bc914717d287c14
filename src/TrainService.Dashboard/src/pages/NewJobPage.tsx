import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../lib/action';
import { ApiError, get, post } from '../lib/api';
import { readObject } from '../lib/json';
import { go } from '../lib/router';
import { useResource } from '../lib/poll';
import type { Checkpoint, Dataset, Job, JsonObject, Problem, Summary, Warning } from '../lib/types';
import { Changes } from '../parts/Changes';
import { mergePatch } from '../parts/diff';
import { JsonEditor } from '../parts/JsonEditor';
import { Layers, Totals } from '../parts/Layers';
import { MissingData } from '../parts/MissingData';
import { pretty } from '../parts/pretty';
import { Problems } from '../parts/Problems';
import { QuickForm } from '../parts/QuickForm';
import { RateCurve } from '../parts/RateCurve';
import { continuationOf, starterFor } from '../parts/starters';
import { exampleGroups, templates } from '../parts/templates';

/** What the service makes of a job. */
interface Validated {
  resolved: JsonObject;
  summary: Summary;
  warnings: Warning[];
}

/** A job in the making: a few fields, the whole as JSON, and what the service makes of it while one types. It may begin as another job, on a dataset, or with a checkpoint. */
export function NewJobPage({ query }: { query: URLSearchParams }) {
  const from = query.get('from'), dataset = query.get('dataset'), start = query.get('checkpoint');
  const [text, setText] = useState(() => sessionStorage.getItem('draft') ?? pretty(templates[0]!.spec));
  const [original, setOriginal] = useState<Job | null>(null);
  const [checkpoint, setCheckpoint] = useState('');
  const [turn, setTurn] = useState(0);
  const { to, checked, problem } = useValidation(text, turn);
  const sending = useAction();
  const checkpoints = useResource<{ checkpoints: Checkpoint[] }>(from ? `/jobs/${from}/checkpoints` : null);

  useEffect(() => {
    if (from) void get<Job>(`/jobs/${from}`).then((job) => { setOriginal(job); setText(pretty(job.spec)); }).catch(() => undefined);
    else if (dataset) void get<Dataset>(`/datasets/${encodeURIComponent(dataset)}`).then((d) => setText(pretty(starterFor(d)))).catch(() => undefined);
    else if (start) void get<Checkpoint>(`/checkpoints/${start}`).then((c) => setText(pretty(continuationOf(c)))).catch(() => undefined);
  }, [from, dataset, start]);
  useEffect(() => { if (!from) sessionStorage.setItem('draft', text); }, [text]);

  const choose = async (name: string) => {
    const example = exampleGroups.flatMap((g) => g.examples).find((x) => x.name === name);
    const spec = example ? await example.load() : templates[Number(name)]?.spec;
    if (spec) setText(pretty(spec));
  };
  const parsed = readObject(text);
  const spec = 'value' in parsed ? parsed.value : null;
  const submit = async () => {
    const job = await sending.run(() => (checkpoint && original
      ? post<Job>(`/jobs/${original.id}/fork`, { checkpoint, patch: mergePatch(original.spec, spec!) })
      : post<Job | { jobs: Job[] }>('/jobs', spec, { 'Idempotency-Key': crypto.randomUUID() })));
    if (!job) return;
    sessionStorage.removeItem('draft');
    go(`/jobs/${'jobs' in job ? job.jobs[0]!.id : job.id}`);
  };
  const data = (spec?.dataset ?? null) as JsonObject | null;
  const editor = (
    <>
      <JsonEditor key={original ? 'beside' : 'alone'} text={text} onChange={setText} errors={problem?.errors ?? []} label="The job as JSON" before={original ? pretty(original.spec) : undefined} />
      <p><small>Every member and its range: <a href="/docs">guide</a>, <a href="/schema/job.json">schema</a>, <a href="/catalog">catalog</a>. Escape, then Tab leaves the editor.</small></p>
    </>
  );
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
        <button class="main" disabled={!checked || to !== text || sending.busy} onClick={submit}>{checkpoint ? 'Fork' : 'Start'}</button>
      </div>
      <Problems problem={sending.problem} />
      {original && editor}
      <div class="columns">
        <div>
          {spec && !spec.chain && <QuickForm spec={spec} onChange={(s) => setText(pretty(s))} />}
          {!original && editor}
        </div>
        <div aria-live="polite">
          {original && spec && <Changes from={original.spec} to={spec} />}
          {typeof data?.name === 'string' && <MissingData name={data.name} brought={() => setTurn((t) => t + 1)} replace={(name) => setText(pretty({ ...spec, dataset: { ...data, name } }))} />}
          <Problems problem={problem} />
          {checked?.map((c, i) => <Checked key={i} checked={c} title={checked.length > 1 ? String(c.resolved.name ?? `Job ${i + 1}`) : null} />)}
          {spec && <details><summary>As a command</summary><pre>{`curl -X POST ${location.origin}/jobs \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(spec).replaceAll("'", "'\\''")}'`}</pre></details>}
        </div>
      </div>
    </>
  );
}

/** What the service says to a text, a moment after it was typed, and to which: that to an older one stays in sight meanwhile. */
function useValidation(text: string, turn: number): { to: string; checked: Validated[] | null; problem: Problem | null } {
  const [said, setSaid] = useState<ReturnType<typeof useValidation>>({ to: '', checked: null, problem: null });
  useEffect(() => {
    let gone = false;
    const ask = async () => {
      const spec = readObject(text);
      if ('message' in spec) return setSaid({ to: text, checked: null, problem: { title: 'This is not JSON yet', status: 0, detail: spec.message } });
      try {
        const answer = await post<Validated | { jobs: Validated[] }>('/jobs/validate', spec.value);
        if (!gone) setSaid({ to: text, checked: 'jobs' in answer ? answer.jobs : [answer], problem: null });
      } catch (e) {
        if (!gone && e instanceof ApiError) setSaid({ to: text, checked: null, problem: e.problem });
      }
    };
    const timer = setTimeout(ask, 250);
    return () => { gone = true; clearTimeout(timer); };
  }, [text, turn]);
  return said;
}

/** What a job will be; of a chain, each under its name. */
function Checked({ checked: { resolved, summary, warnings }, title }: { checked: Validated; title: string | null }) {
  return (
    <>
      {title && <h2>{title}</h2>}
      {summary.layers && <Totals summary={summary} />}
      {warnings.length > 0 && <ul class="warnings">{warnings.map((w) => <li><code>{w.pointer}</code> {w.detail} {w.remedy}</li>)}</ul>}
      {summary.layers && resolved.optimizer && <RateCurve resolved={resolved} summary={summary} />}
      {summary.layers && <Layers layers={summary.layers} open={!title} />}
    </>
  );
}
