import { useEffect, useRef, useState } from 'preact/hooks';
import { useAction } from '../lib/action';
import { postForAnything } from '../lib/api';
import { number } from '../lib/format';
import { dataUrl } from '../lib/picture';
import type { Explanation, Json, JsonObject } from '../lib/types';
import { Problems } from './Problems';

const methods: { name: string; title: string; picturesOnly?: boolean }[] = [
  { name: '', title: 'the usual one' },
  { name: 'grad_cam', title: 'Grad-CAM: places of the last layer', picturesOnly: true },
  { name: 'integrated_gradients', title: 'Integrated gradients: shares in the score' },
  { name: 'smooth_grad', title: 'SmoothGrad: gradients, averaged' },
  { name: 'gradient', title: 'Gradient: what would move the score' },
  { name: 'occlusion', title: 'Occlusion: what is lost when covered (slow)' },
];

/** What a question to a network was about: sent along, a picture, or a row of a dataset. */
export type Asked = { input: Json } | { picture: File } | { dataset: string; part: string; row: number };

/** Why the network answers as it does, over the picture or by column. */
export function Explain({ id, asked, classes, pictures }: { id: string; asked: Asked; classes: string[] | null; pictures: boolean }) {
  const [method, setMethod] = useState('');
  const [of, setOf] = useState('');
  const [picture, setPicture] = useState<string | null>(null);
  const [told, setTold] = useState<Explanation | null>(null);
  const { busy, problem, run } = useAction();
  // Covering part after part of a large picture takes a large network a minute: it can be broken off, and is with the page.
  const asking = useRef(new AbortController());
  useEffect(() => () => asking.current.abort(), []);
  const explain = async () => {
    const options: JsonObject = { ...(method && { method }), ...(of && { class: of }) };
    let body: FormData | JsonObject;
    if ('picture' in asked) {
      body = new FormData();
      body.append('image', asked.picture, asked.picture.name);
      body.append('spec', JSON.stringify(options));
    } else body = { ...(asked as JsonObject), ...options };
    asking.current = new AbortController();
    const answer = await run(() => postForAnything(`/checkpoints/${id}/explain?size=280`, body, asking.current.signal));
    if (!answer) return;
    const drawn = answer.type === 'image/png';
    setPicture(drawn ? await dataUrl(answer) : null);
    setTold(drawn ? null : JSON.parse(await answer.text()) as Explanation);
  };
  return (
    <div class="explain">
      <h3>Why?</h3>
      <div class="bar-row">
        <label>Method <select value={method} onChange={(e) => setMethod(e.currentTarget.value)}>{methods.filter((m) => pictures || !m.picturesOnly).map((m) => <option value={m.name}>{m.title}</option>)}</select></label>
        {classes && <label>Class <select value={of} onChange={(e) => setOf(e.currentTarget.value)}><option value="">the most probable</option>{classes.map((c) => <option>{c}</option>)}</select></label>}
        <button onClick={explain} disabled={busy}>{busy ? 'Explaining' : 'Explain'}</button>
        {busy && <button onClick={() => asking.current.abort()}>Stop</button>}
      </div>
      <Problems problem={problem} />
      {picture && <figure><img src={picture} alt="What speaks for the class in red, what speaks against it in blue" /><figcaption><small>Red speaks for the class, blue against it; without signs the strongest is yellow.</small></figcaption></figure>}
      {told && <Shares told={told} />}
    </div>
  );
}

function Shares({ told }: { told: Explanation }) {
  const rows = told.columns ?? told.values.slice(0, 100).map((value, i) => ({ name: `input ${i}`, value }));
  const most = Math.max(1e-30, ...rows.map((r) => Math.abs(r.value)));
  return (
    <table class="shares">
      <caption>{told.method.replaceAll('_', ' ')} of the {told.of} of {told.class.name ?? `output ${told.class.index}`}: {number(told.score)}{told.baseline_score !== undefined && `, ${number(told.baseline_score)} for the baseline`}</caption>
      <tbody>
        {rows.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)).map((r) => (
          <tr><td>{r.name}</td><td class="n">{number(r.value)}</td><td><span class={`bar ${r.value < 0 ? 'against' : ''}`} style={{ width: `${(140 * Math.abs(r.value)) / most}px` }} /></td></tr>
        ))}
      </tbody>
    </table>
  );
}
