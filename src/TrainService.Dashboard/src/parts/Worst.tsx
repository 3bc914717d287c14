import { useEffect, useState } from 'preact/hooks';
import { get, getBlob } from '../lib/api';
import { number, percent } from '../lib/format';
import { dataUrl } from '../lib/picture';
import type { Evaluation, Json, WorstRow } from '../lib/types';
import { Explain } from './Explain';

/** The rows with the greatest losses, as pictures or as rows; one of them can be looked into. */
export function Worst({ id, evaluation, pictures, classes }: { id: string; evaluation: Evaluation; pictures: boolean; classes: string[] | null }) {
  const [chosen, setChosen] = useState<number | null>(null);
  if (!evaluation.worst?.length) return null;
  return (
    <>
      <h3>What it gets most wrong</h3>
      <ul class="worst">{evaluation.worst.map((w) => <Example key={w.row} w={w} evaluation={evaluation} pictures={pictures} chosen={chosen === w.row} choose={() => setChosen(w.row)} />)}</ul>
      {chosen !== null && <Explain key={chosen} id={id} asked={{ dataset: evaluation.dataset, part: evaluation.part, row: chosen }} classes={classes} pictures={pictures} />}
    </>
  );
}

function Example({ w, evaluation, pictures, chosen, choose }: { w: WorstRow; evaluation: Evaluation; pictures: boolean; chosen: boolean; choose: () => void }) {
  const [picture, setPicture] = useState<string | null>(null);
  const [row, setRow] = useState<Json>(null);
  useEffect(() => {
    const path = `/datasets/${encodeURIComponent(evaluation.dataset)}/preview?split=${evaluation.part}&first=${w.row}&rows=1`;
    if (pictures) void getBlob(`${path}&format=png`).then(dataUrl).then(setPicture).catch(() => undefined);
    else void get<{ rows: { input: Json }[] }>(path).then((p) => setRow(p.rows[0]?.input ?? null)).catch(() => undefined);
  }, [w.row]);
  const said = w.predicted ? `${w.predicted.name} (${percent(w.predicted.probability)})` : w.output.slice(0, 4).map((v) => number(v)).join(', ');
  const is = w.actual ?? w.target.slice(0, 4).map((v) => number(v)).join(', ');
  return (
    <li>
      <button class={chosen ? 'chosen' : ''} aria-pressed={chosen} onClick={choose} title="Explain it">
        {picture && <img src={picture} alt="" />}
        {row !== null && <code>{JSON.stringify(row)}</code>}
        <span>is {is}</span><span>said {said}</span><small>row {w.row}, loss {number(w.loss, 3)}</small>
      </button>
    </li>
  );
}
