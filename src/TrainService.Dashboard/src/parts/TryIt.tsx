import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../lib/action';
import { get, post, postForm } from '../lib/api';
import { isPicture, shape } from '../lib/format';
import type { Checkpoint, Json, Prediction } from '../lib/types';
import { Answer } from './Answer';
import { DrawPad, grayPixels } from './DrawPad';
import { Explain, type Asked } from './Explain';
import { Problems } from './Problems';
import { RowForm } from './RowForm';

/** A place to try a network: draw, drop a picture, or type values. */
export function TryIt({ id, checkpoint }: { id: string; checkpoint: Checkpoint }) {
  const [answer, setAnswer] = useState<Prediction | null>(null);
  const { problem, run, refuse } = useAction();
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
    const said = await run(call);
    if (!said) return;
    setAnswer(said);
    setAsked(question);
  };
  const askValues = (input: Json) => ask({ input }, () => post<Prediction>(`/checkpoints/${id}/predict`, { inputs: [input], ...extra }));
  const askText = () => {
    try {
      void askValues(JSON.parse(text) as Json);
    } catch (x) {
      refuse({ title: 'This is not JSON', status: 0, detail: (x as Error).message });
    }
  };
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
                <DrawPad onDrawn={drawn} picture={asked && 'picture' in asked ? asked.picture : null} />
              </div>
              <label>Picture <input type="file" accept="image/png,image/jpeg" onChange={(e) => { const f = e.currentTarget.files?.[0]; if (f) void askPicture(f); }} /></label>
            </>
          ) : (
            <form onSubmit={(e) => { e.preventDefault(); askText(); }}>
              <RowForm text={text} onChange={setText} />
              <label>One row of shape {shape(axes)}, as JSON <textarea rows={3} value={text} onInput={(e) => setText(e.currentTarget.value)} placeholder={`[${Array<number>(Math.min(4, axes[0] ?? 1)).fill(0).join(', ')}]`} /></label>
              <button type="submit">Predict</button>
            </form>
          )}
          <label>Monte Carlo dropout samples <input type="number" min="0" max="1000" value={samples} onInput={(e) => setSamples(Number(e.currentTarget.value))} /></label>
          <p><small>With dropout left on, each sample is another network: how far they differ is shown as an interval of two standard deviations.</small></p>
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
