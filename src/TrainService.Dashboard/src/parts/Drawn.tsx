import { useState } from 'preact/hooks';
import type { Epoch, Sheet } from '../lib/types';

/** The pictures of an epoch. */
export interface Drawing {
  epoch: number;
  sheets: Sheet[];
}

/** A sheet is up to some 100 KB: a page holds so many epochs of them and no more. */
const mostHeld = 40;

/** Splits an epoch into its figures and its pictures. */
export function undraw(event: Epoch & { pictures?: unknown }): { figures: Epoch; sheets: Sheet[] } {
  const { pictures, ...figures } = event;
  return { figures: figures as Epoch, sheets: Array.isArray(pictures) ? (pictures as Sheet[]) : [] };
}

/** Takes a drawing in; where there are too many every second goes, so that those left span the whole run. */
export function hold(held: Drawing[], drawing: Drawing): Drawing[] {
  const all = [...held.filter((d) => d.epoch < drawing.epoch), drawing];
  return all.length <= mostHeld ? all : all.filter((_, i) => i % 2 === 0 || i === all.length - 1);
}

/** What the model draws, the newest unless an earlier epoch is chosen. */
export function Drawn({ drawings }: { drawings: Drawing[] }) {
  const [epoch, setEpoch] = useState<number | null>(null);
  if (drawings.length === 0) return null;
  const last = drawings.length - 1;
  // A chosen epoch may have been thinned out since: then the one before it is shown.
  const at = epoch === null ? last : Math.max(0, drawings.findLastIndex((d) => d.epoch <= epoch));
  const shown = drawings[at]!;
  const choose = (index: number) => setEpoch(index >= last ? null : drawings[index]!.epoch);
  return (
    <section aria-label="Pictures">
      <h2>Pictures</h2>
      <div class="bar-row">
        {last > 0 && <label>Pictures of epoch <input type="range" min="0" max={last} step="1" value={at} aria-valuetext={`epoch ${shown.epoch}`} onInput={(e) => choose(Number(e.currentTarget.value))} /></label>}
        <span>epoch {shown.epoch}{at === last && ', the latest'}</span>
      </div>
      <div class="drawn">{shown.sheets.map((s) => <Drawings key={s.name} sheet={s} epoch={shown.epoch} />)}</div>
    </section>
  );
}

function Drawings({ sheet, epoch }: { sheet: Sheet; epoch: number }) {
  const scale = Math.max(1, Math.floor(640 / sheet.width));
  return (
    <figure>
      <img src={`data:${sheet.media_type};base64,${sheet.base64}`} width={sheet.width * scale} height={sheet.height * scale}
        alt={`${sheet.name}: ${sheet.count} pictures, ${sheet.columns} in a row, after epoch ${epoch}`} />
      <figcaption>{sheet.name}</figcaption>
    </figure>
  );
}
