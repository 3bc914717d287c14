import { useEffect, useRef } from 'preact/hooks';

/** A square to draw in, with pointer or finger: white on black, as the pictures of MNIST and Fashion-MNIST are. A picture that was chosen instead is shown in it. */
export function DrawPad({ onDrawn, picture }: { onDrawn: (canvas: HTMLCanvasElement) => void; picture: File | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (picture) void createImageBitmap(picture).then((bitmap) => canvas.current?.getContext('2d')!.drawImage(bitmap, 0, 0, 280, 280)).catch(() => undefined);
  }, [picture]);
  const last = useRef<[number, number] | null>(null);
  const at = (e: PointerEvent): [number, number] => {
    const box = canvas.current!.getBoundingClientRect();
    return [((e.clientX - box.left) / box.width) * 280, ((e.clientY - box.top) / box.height) * 280];
  };
  const stroke = (e: PointerEvent) => {
    if (!last.current) return;
    const ctx = canvas.current!.getContext('2d')!;
    const to = at(e);
    ctx.strokeStyle = '#fff';
    ctx.lineWidth = 26;
    ctx.lineCap = 'round';
    ctx.beginPath();
    ctx.moveTo(...last.current);
    ctx.lineTo(...to);
    ctx.stroke();
    last.current = to;
  };
  return (
    <div class="pad">
      <canvas
        ref={canvas} width={280} height={280} aria-label="Draw here"
        onPointerDown={(e) => { canvas.current!.setPointerCapture(e.pointerId); last.current = at(e); stroke(e); }}
        onPointerMove={stroke}
        onPointerUp={() => { last.current = null; onDrawn(canvas.current!); }}
      />
      <button onClick={() => canvas.current!.getContext('2d')!.clearRect(0, 0, 280, 280)}>Clear</button>
    </div>
  );
}

/** Brightness of a canvas brought to [height][width], 0 to 1. */
export function grayPixels(canvas: HTMLCanvasElement, height: number, width: number): number[][] {
  const small = document.createElement('canvas');
  [small.width, small.height] = [width, height];
  const ctx = small.getContext('2d')!;
  ctx.imageSmoothingQuality = 'high';
  ctx.fillRect(0, 0, width, height);
  ctx.drawImage(canvas, 0, 0, width, height);
  const { data } = ctx.getImageData(0, 0, width, height);
  return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => data[4 * (y * width + x)]! / 255));
}
