/** A small curve without axes. */
export function Sparkline({ values, title }: { values: number[]; title: string }) {
  if (values.length < 2) return null;
  const low = Math.min(...values), high = Math.max(...values), span = high - low || 1;
  const points = values.map((v, i) => `${((i / (values.length - 1)) * 78 + 1).toFixed(1)},${(19 - ((v - low) / span) * 18).toFixed(1)}`).join(' ');
  return <svg class="spark" viewBox="0 0 80 20" width="80" height="20" role="img" aria-label={title}><polyline points={points} /></svg>;
}
