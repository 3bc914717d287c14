import { useEffect, useRef, useState } from 'preact/hooks';
import type { Mark } from '../charts/Chart';
import { hold, undraw, type Drawing } from '../parts/Drawn';
import type { FinderPoint } from '../parts/Finder';
import { get } from './api';
import { follow } from './live';
import type { Epoch, Job, JobEvent, JsonObject } from './types';
import { visible } from './visible';

const mostPoints = 2000;

export interface History {
  epochs: Epoch[];
  curve: FinderPoint[];
  marks: Mark[];
  drawings: Drawing[];
  log: JobEvent[];
  progress: Job['progress'];
  checkpoints: number;
}

interface Metrics {
  epochs: Epoch[];
  curve: FinderPoint[] | null;
  next: number;
}

const none = (): History => ({ epochs: [], curve: [], marks: [], drawings: [], log: [], progress: null, checkpoints: 0 });
const eventsOf = (id: string, type: string) => get<{ events: JobEvent[] }>(`/jobs/${id}/events?type=${type}&limit=300`).then((e) => e.events);

/** What is marked on the time axis: phases, pauses and restarts by name, checkpoints as ticks. */
function marksOf(epochs: Epoch[], events: JobEvent[]): Mark[] {
  const marks: Mark[] = [];
  epochs.forEach((e, i) => { if (i > 0 && typeof e.phase === 'number' && e.phase !== epochs[i - 1]!.phase) marks.push({ x: epochs[i - 1]!.epoch, label: `phase ${e.phase + 1}` }); });
  let at = 0, ran = false;
  for (const event of events) {
    if (event.type === 'epoch') at = Number(event.data.epoch);
    else if (event.type === 'checkpoint') marks.push({ x: at = Number(event.data.epoch) });
    else if (event.type === 'status' && typeof event.data.epoch === 'number') at = event.data.epoch;
    if (event.type === 'status') {
      if (event.data.status === 'paused' || (event.data.status === 'running' && ran)) marks.push({ x: at, label: event.data.status === 'paused' ? 'paused' : 'resumed' });
      ran ||= event.data.status === 'running';
    }
    if (event.type === 'log' && event.data.epoch !== undefined) marks.push({ x: Number(event.data.epoch), label: String(event.data.message).slice(0, 24) });
  }
  return marks;
}

/** The past as the service thins it out, then every event as it comes, as long as anybody looks. Events within a frame are drawn together. */
export function useHistory(id: string, changed: () => void): History {
  const [, draw] = useState(0);
  const held = useRef<History>(none());
  const marking = useRef<JobEvent[]>([]);
  const seenNow = visible.value;
  useEffect(() => { held.current = none(); }, [id]);
  useEffect(() => {
    if (!seenNow) return;
    let stop = () => {};
    let gone = false;
    let frame = 0;
    // The log is told again from its beginning: where it is, not where the curves end.
    let seen = 0;
    let unmarked = false;
    const redraw = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        if (unmarked) held.current.marks = marksOf(held.current.epochs, marking.current);
        unmarked = false;
        draw((n) => n + 1);
      });
    };
    const take = (event: JobEvent) => {
      const h = held.current;
      if (event.type === 'epoch') {
        const { figures: epoch, sheets } = undraw(event.data as unknown as Epoch);
        seen = epoch.epoch;
        // The curves came without pictures: those of the past are in the events told again.
        if (sheets.length) h.drawings = hold(h.drawings, { epoch: epoch.epoch, sheets });
        redraw();
        if (epoch.epoch <= (h.epochs.at(-1)?.epoch ?? 0)) return;
        const before = h.epochs.at(-1);
        h.epochs = thin([...h.epochs, epoch]);
        if (before && before.phase !== epoch.phase) mark();
      } else if (event.type === 'progress') {
        h.progress = event.data as unknown as Job['progress'];
        const figures = event.data.metrics as JsonObject | undefined;
        if (figures && typeof figures.learning_rate === 'number' && Number(event.data.step) > (h.curve.at(-1)?.step ?? -1)) h.curve = [...h.curve, { step: Number(event.data.step), ...figures } as unknown as FinderPoint];
      } else {
        if (h.log.some((e) => e.seq === event.seq)) return;
        h.log = [...h.log.slice(-499), event];
        if (event.type === 'checkpoint') h.checkpoints++;
        if (event.type === 'status') changed();
        if (event.type === 'status' || event.type === 'checkpoint' || event.type === 'log') {
          // Where it stands among the epochs is known now, not later.
          marking.current.push({ ...event, data: { ...event.data, epoch: event.data.epoch ?? (event.type === 'status' ? seen : undefined) } as JsonObject });
          mark();
        }
      }
      redraw();
    };
    const mark = () => { unmarked = true; };
    void get<Metrics>(`/jobs/${id}/metrics?max_points=${mostPoints}`).then(async (m) => {
      if (gone) return;
      // What was drawn before the page was out of sight stays until this is there; then all is as if it had just been opened.
      held.current = { ...none(), epochs: m.epochs, curve: m.curve ?? [], progress: held.current.progress, checkpoints: held.current.checkpoints + 1 };
      redraw();
      const long = m.epochs.length >= mostPoints;
      // A long history comes thinned, and what happened beside it by type; then only the last events and what follows are told one by one.
      const past = long ? (await Promise.all(['status', 'checkpoint', 'log', 'warning'].map((t) => eventsOf(id, t)))).flat().sort((a, b) => a.seq - b.seq) : [];
      if (gone) return;
      held.current.log = past.slice(-500);
      marking.current = past;
      mark();
      redraw();
      stop = follow(id, long ? Math.max(0, m.next - 200) : 0, take);
    }).catch(() => undefined);
    return () => {
      gone = true;
      stop();
      cancelAnimationFrame(frame);
    };
  }, [id, seenNow]);
  return held.current;
}

const thin = (epochs: Epoch[]) => (epochs.length <= 2 * mostPoints ? epochs : epochs.filter((_, i) => i % 2 === 0 || i === epochs.length - 1));
