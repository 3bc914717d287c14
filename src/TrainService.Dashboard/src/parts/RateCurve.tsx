import { useEffect, useState } from 'preact/hooks';
import { Chart } from '../charts/Chart';
import { colours } from '../charts/series';
import { post } from '../lib/api';
import type { JsonObject, Summary } from '../lib/types';

interface Preview {
  points: { step: number; learning_rate: number }[];
}

/** The learning rate over the job, before it runs. */
export function RateCurve({ resolved, summary }: { resolved: JsonObject; summary: Summary }) {
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
