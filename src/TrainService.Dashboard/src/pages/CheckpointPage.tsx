import { useEffect, useState } from 'preact/hooks';
import { ApiError, get, getBlob, post, postForm } from '../lib/api';
import { save } from '../lib/files';
import { bytes, number, percent, shape, time } from '../lib/format';
import { useResource } from '../lib/poll';
import type { Checkpoint, Evaluation, Json, Prediction, Problem } from '../lib/types';
import { Confusion } from '../parts/Confusion';
import { DrawPad, grayPixels } from '../parts/DrawPad';
import { Explain, type Asked } from '../parts/Explain';
import { Inside } from '../parts/Inside';
import { Problems } from '../parts/Problems';
import { Worst } from '../parts/Worst';

const formats = [['safetensors', 'weights (safetensors)'], ['keras', 'Keras 3 (.keras)'], ['h5', 'Keras (.h5)'], ['tfjs', 'TensorFlow.js'], ['onnx', 'ONNX'], ['npz', 'NumPy (.npz)']] as const;
const endings: Record<string, string> = { tfjs: 'zip' };

/** One trained network: where it comes from, how good it is, and a place to try it. */
export function CheckpointPage({ id }: { id: string }) {
  const { value: c, problem } = useResource<Checkpoint>(`/checkpoints/${id}`);
  const [refused, setRefused] = useState<Problem | null>(null);
  if (!c) return <Problems problem={problem} />;
  const download = async (format: string) => {
    setRefused(null);
    try {
      save(`${id}.${endings[format] ?? format}`, await getBlob(`/checkpoints/${id}/export?format=${format}`));
    } catch (e) {
      if (e instanceof ApiError) setRefused(e.problem);
    }
  };
  return (
    <>
      <div class="bar-row">
        <h1>Checkpoint</h1><code>{c.id}</code><span class="spacer" />
        <label>Download <select value="" onChange={(e) => void download(e.currentTarget.value)}>
          <option value="">as …</option>
          {formats.map(([format, title]) => <option value={format}>{title}</option>)}
        </select></label>
      </div>
      <Problems problem={refused} />
      <dl class="facts">
        {c.job && <div><dt>Job</dt><dd><a href={`#/jobs/${c.job}`}>{c.job}</a></dd></div>}
        {c.parent && <div><dt>Began as</dt><dd><a href={`#/checkpoints/${c.parent}`}>{c.parent}</a></dd></div>}
        <div><dt>Epoch</dt><dd>{c.epoch}</dd></div>
        <div><dt>Made</dt><dd>{time(c.created_at)}</dd></div>
        <div><dt>Size</dt><dd>{bytes(c.bytes)}</dd></div>
        <div><dt>Input</dt><dd>{shape(c.model.input_shape)}</dd></div>
        {c.model.dataset && <div><dt>Learned from</dt><dd><a href={`#/datasets/${c.model.dataset}`}>{c.model.dataset}</a></dd></div>}
        {Object.entries(c.metrics).map(([n, v]) => <div><dt>{n}</dt><dd>{number(v)}</dd></div>)}
        <div><dt>SHA-256</dt><dd><code class="hash">{c.sha256}</code></dd></div>
      </dl>
      <TryIt id={id} checkpoint={c} />
      <Evaluate id={id} checkpoint={c} />
      <Inside id={id} />
    </>
  );
}

const isPicture = (axes: number[]) => axes.length === 2 || (axes.length === 3 && (axes[2] === 1 || axes[2] === 3));

function TryIt({ id, checkpoint }: { id: string; checkpoint: Checkpoint }) {
  const [answer, setAnswer] = useState<Prediction | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [text, setText] = useState('');
  const [samples, setSamples] = useState(0);
  const [asked, setAsked] = useState<Asked | null>(null);
  const axes = checkpoint.model.input_shape;
  const extra = { top_k: 5, ...(samples > 1 && { mc_samples: samples }) };
  useEffect(() => {
    // A row to begin with, as its dataset has them.
    if (isPicture(axes) || !checkpoint.model.dataset) return;
    void get<{ rows: { input: Json }[] }>(`/datasets/${encodeURIComponent(checkpoint.model.dataset)}/preview?rows=1`).then((p) => setText((t) => t || JSON.stringify(p.rows[0]?.input))).catch(() => undefined);
  }, [id]);
  const ask = async (question: Asked, call: () => Promise<Prediction>) => {
    setProblem(null);
    try {
      setAnswer(await call());
      setAsked(question);
    } catch (e) {
      if (e instanceof ApiError) setProblem(e.problem);
    }
  };
  const askValues = (input: Json) => ask({ input }, () => post<Prediction>(`/checkpoints/${id}/predict`, { inputs: [input], ...extra }));
  const askPicture = (file: File) => {
    const form = new FormData();
    form.append('spec', JSON.stringify(extra));
    form.append('image', file, file.name);
    return ask({ picture: file }, () => postForm<Prediction>(`/checkpoints/${id}/predict`, form));
  };
  const drawn = (canvas: HTMLCanvasElement) => {
    const rows = grayPixels(canvas, axes[0]!, axes[1]!);
    void askValues(axes.length === 2 ? rows : rows.map((r) => r.map((v) => Array<number>(axes[2]!).fill(v))));
  };
  return (
    <section class="panel">
      <h2>Try it</h2>
      <div class="columns">
        <div>
          {isPicture(axes) ? (
            <>
              <p>Draw, or drop a picture:</p>
              <div onDragOver={(e) => e.preventDefault()} onDrop={(e) => { e.preventDefault(); const f = e.dataTransfer?.files[0]; if (f) void askPicture(f); }}>
                <DrawPad onDrawn={drawn} />
              </div>
              <label>Picture <input type="file" accept="image/png,image/jpeg" onChange={(e) => { const f = e.currentTarget.files?.[0]; if (f) void askPicture(f); }} /></label>
            </>
          ) : (
            <form onSubmit={(e) => { e.preventDefault(); try { void askValues(JSON.parse(text) as Json); } catch (x) { setProblem({ title: 'This is not JSON', status: 0, detail: (x as Error).message }); } }}>
              <label>One row of shape {shape(axes)}, as JSON <textarea rows={3} value={text} onInput={(e) => setText(e.currentTarget.value)} placeholder={`[${Array<number>(Math.min(4, axes[0] ?? 1)).fill(0).join(', ')}]`} /></label>
              <button type="submit">Predict</button>
            </form>
          )}
          <label>Monte Carlo dropout samples <input type="number" min="0" max="1000" value={samples} onInput={(e) => setSamples(Number(e.currentTarget.value))} /></label>
        </div>
        <div aria-live="polite">
          <Problems problem={problem} />
          {answer && <Answer answer={answer} />}
          {asked && <Explain id={id} asked={asked} classes={checkpoint.model.class_names} pictures={isPicture(axes)} />}
        </div>
      </div>
    </section>
  );
}

function Answer({ answer }: { answer: Prediction }) {
  const classes = answer.classes?.[0];
  if (!classes) return <p>{answer.outputs[0]?.map((v, i) => `${number(v)}${answer.std ? ` ± ${number(answer.std[0]?.[i])}` : ''}`).join(', ')}</p>;
  return (
    <ol class="answer">
      {classes.map((c) => (
        <li>
          <span class="name">{c.name}</span>
          <Share at={c.probability} deviation={answer.std?.[0]?.[c.index]} />
          {percent(c.probability)}{answer.std && ` ± ${percent(answer.std[0]?.[c.index] ?? 0)}`}
        </li>
      ))}
    </ol>
  );
}

/** A probability as a bar, and over it, when dropout was on, two standard deviations to either side. */
function Share({ at, deviation }: { at: number; deviation?: number }) {
  const from = Math.max(0, at - 2 * (deviation ?? 0)), to = Math.min(1, at + 2 * (deviation ?? 0));
  return (
    <span class="share">
      <span class="bar" style={{ width: `${100 * at}%` }} />
      {deviation !== undefined && <span class="interval" style={{ left: `${100 * from}%`, width: `${100 * (to - from)}%` }} />}
    </span>
  );
}

function Evaluate({ id, checkpoint }: { id: string; checkpoint: Checkpoint }) {
  const [value, setValue] = useState<Evaluation | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setValue(await post<Evaluation>(`/checkpoints/${id}/evaluate`, { worst: 12 }).catch((e: unknown) => {
        // Losses that judge batches have no worst rows.
        if (e instanceof ApiError && e.problem.errors?.some((x) => x.pointer === '/worst')) return post<Evaluation>(`/checkpoints/${id}/evaluate`, {});
        throw e;
      }));
    } catch (e) {
      if (e instanceof ApiError) setProblem(e.problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="panel">
      <div class="bar-row"><h2>How good is it</h2><button onClick={run} disabled={busy}>{busy ? 'Measuring' : 'Measure on its dataset'}</button></div>
      <Problems problem={problem} />
      {value && (
        <>
          <p>{number(value.rows)} rows of the {value.part} part of {value.dataset}: {Object.entries(value.metrics).map(([n, v]) => `${n} ${number(v)}`).join(', ')}</p>
          {value.confusion && <Confusion confusion={value.confusion} />}
          <Worst id={id} evaluation={value} pictures={isPicture(checkpoint.model.input_shape)} classes={checkpoint.model.class_names} />
        </>
      )}
    </section>
  );
}
