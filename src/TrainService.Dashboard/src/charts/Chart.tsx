import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { save } from '../lib/files';

export interface Line {
  label: string;
  colour: string;
  dashed?: boolean;
  values: (number | null)[];
}

/** Something that happened: a line with its name, or without one a tick at the axis. */
export interface Mark {
  x: number;
  label?: string;
}

export interface ChartProps {
  title: string;
  x: number[];
  lines: Line[];
  xLabel: string;
  log?: boolean;
  xLog?: boolean;
  marks?: Mark[];
  /** Charts of one group show the same place under the pointer. */
  group?: string;
  height?: number;
}

const style = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Lines over a common axis, on a canvas: new points cost a redraw, not a rebuild. Drag to zoom, double click to see all. */
export function Chart(props: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const marks = useRef<Mark[]>([]);
  marks.current = props.marks ?? [];
  const form = JSON.stringify([props.title, props.xLabel, props.log, props.xLog, props.group, props.lines.map((l) => [l.label, l.colour, l.dashed])]);

  useEffect(() => {
    const element = host.current!;
    const made = new uPlot(options(props, element.clientWidth, marks), data(props), element);
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: props.height ?? 220 }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [form]);

  useEffect(() => {
    if (!plot.current) return;
    renew(plot.current, data(props));
    lastWhenNone(plot.current);
  }, [props.x, props.lines, form]);
  useEffect(() => plot.current?.redraw(false, false), [props.marks]);

  const last = props.lines.map((l) => `${l.label} ${l.values.findLast((v) => v !== null)?.toPrecision(4) ?? 'none yet'}`).join(', ');
  return (
    <figure class="chart" role="group" aria-label={`${props.title}: ${last}`}>
      <figcaption>
        <span>{props.title}</span>
        <button class="plain small" onClick={() => savePicture(props, plot.current)}>PNG</button>
        <button class="plain small" onClick={() => saveCsv(props)}>CSV</button>
      </figcaption>
      <div ref={host} />
    </figure>
  );
}

function data(props: ChartProps): uPlot.AlignedData {
  return [props.x, ...props.lines.map((l) => (props.log ? l.values.map((v) => (v !== null && v > 0 ? v : null)) : l.values))];
}

/** With no pointer over it the legend tells the last values. */
function lastWhenNone(u: uPlot) {
  const last = u.data[0].length - 1, pointed = (u.cursor.left ?? -1) >= 0;
  if (!pointed && last >= 0 && u.legend.idx !== last) u.setLegend({ idx: last }, false);
}

/** New points move the axes on, unless somebody has zoomed in: then they stay. */
function renew(u: uPlot, next: uPlot.AlignedData) {
  const { min, max } = u.scales.x!, known = u.data[0];
  const zoomed = known.length > 1 && min != null && max != null && (min > known[0]! || max < known.at(-1)!);
  if (!zoomed) return u.setData(next);
  u.batch(() => {
    u.setData(next, false);
    u.setScale('x', { min, max });
  });
}

function options(props: ChartProps, width: number, marks: { current: Mark[] }): uPlot.Options {
  const grid = { stroke: style('--line'), width: 1 };
  const axis = { stroke: style('--soft'), grid, ticks: grid, font: '11px system-ui' };
  return {
    width: Math.max(200, width),
    height: props.height ?? 220,
    cursor: { sync: props.group ? { key: props.group } : undefined, drag: { x: true, y: false } },
    scales: { x: { time: false, distr: props.xLog ? 3 : 1 }, y: { distr: props.log ? 3 : 1 } },
    axes: [{ ...axis, label: props.xLabel, labelSize: 18, labelFont: '11px system-ui', size: 34, ...(props.xLog && { values: (_u: uPlot, ticks: (number | null)[]) => ticks.map(powerOfTen) }) }, { ...axis, size: 66, values: (_u, ticks) => ticks.map(tick) }],
    legend: { live: true },
    series: [
      { label: props.xLabel },
      ...props.lines.map((l) => ({
        label: l.label, stroke: l.colour, width: 1.6, dash: l.dashed ? [5, 4] : undefined, spanGaps: true,
        points: { show: l.values.length < 40 }, value: (_u: uPlot, v: number | null) => (v === null || v === undefined ? '' : String(Number(v.toPrecision(5)))),
      })),
    ],
    hooks: { draw: [(u) => drawMarks(u, marks.current)], setLegend: [lastWhenNone] },
  };
}

const tick = (t: number | null) => (t === null ? '' : Math.abs(t) >= 1e5 ? t.toLocaleString('en', { notation: 'compact' }) : String(Number(t.toPrecision(4))));
// Between them there are lines, but no room for numbers.
const powerOfTen = (t: number | null) => (t === null || Math.abs(Math.log10(t) % 1) > 1e-9 ? '' : t < 0.01 ? t.toExponential() : String(t));

function drawMarks(u: uPlot, marks: Mark[]) {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.strokeStyle = style('--mark');
  ctx.fillStyle = style('--soft');
  ctx.font = `${10 * devicePixelRatio}px system-ui`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  let line = 0, end = -Infinity;
  for (const mark of marks.toSorted((a, b) => a.x - b.x)) {
    const x = Math.round(u.valToPos(mark.x, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    if (mark.label) {
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      // Names of marks close to each other stand under each other.
      line = x < end ? line + 1 : 0;
      const text = x + 3 + ctx.measureText(mark.label).width > bbox.left + bbox.width ? x - 3 - ctx.measureText(mark.label).width : x + 3;
      ctx.fillText(mark.label, text, bbox.top + (10 + 11 * line) * devicePixelRatio);
      end = Math.max(end, text + ctx.measureText(mark.label).width + 4);
      ctx.stroke();
    } else ctx.fillRect(x - 1, bbox.top + bbox.height - 6 * devicePixelRatio, 2, 6 * devicePixelRatio);
  }
  ctx.restore();
}

/** The canvas with what stands beside it on the page: title and legend. */
function savePicture({ title, lines }: ChartProps, plot: uPlot | null) {
  if (!plot) return;
  const from = plot.ctx.canvas, unit = devicePixelRatio, head = 40 * unit;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [from.width, from.height + head];
  const ctx = canvas.getContext('2d')!;
  ctx.fillStyle = style('--panel');
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.drawImage(from, 0, head);
  ctx.fillStyle = style('--text');
  ctx.font = `600 ${13 * unit}px system-ui`;
  ctx.fillText(title, 8 * unit, 16 * unit);
  ctx.font = `${11 * unit}px system-ui`;
  let x = 8 * unit;
  for (const line of lines) {
    ctx.fillStyle = line.colour;
    ctx.fillRect(x, 26 * unit, 14 * unit, 4 * unit);
    ctx.fillStyle = style('--soft');
    ctx.fillText(line.label, x + 18 * unit, 32 * unit);
    x += 30 * unit + ctx.measureText(line.label).width;
  }
  canvas.toBlob((blob) => blob && save(`${title}.png`, blob));
}

function saveCsv(props: ChartProps) {
  const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = props.x.map((x, i) => [x, ...props.lines.map((l) => l.values[i] ?? '')].join(','));
  save(`${props.title}.csv`, new Blob([[props.xLabel, ...props.lines.map((l) => quote(l.label))].join(','), '\n', rows.join('\n'), '\n'], { type: 'text/csv' }));
}
