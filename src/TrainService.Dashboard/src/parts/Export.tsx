import { useState } from 'preact/hooks';
import { useAction } from '../lib/action';
import { getBlob } from '../lib/api';
import { save } from '../lib/files';
import { Problems } from './Problems';

const formats = [['safetensors', 'weights (safetensors)'], ['keras', 'Keras 3 (.keras)'], ['h5', 'Keras (.h5)'], ['tfjs', 'TensorFlow.js'], ['onnx', 'ONNX'], ['npz', 'NumPy (.npz)']] as const;
const withInt8 = ['safetensors', 'npz', 'onnx'];
const endings: Record<string, string> = { tfjs: 'zip' };

/** The network as a file for another program. */
export function Export({ id }: { id: string }) {
  const [format, setFormat] = useState('safetensors');
  const [precision, setPrecision] = useState('float32');
  const [fold, setFold] = useState(false);
  const [bundle, setBundle] = useState(false);
  const { busy, problem, run } = useAction();
  const choose = (next: string) => {
    setFormat(next);
    if (precision === 'int8' && !withInt8.includes(next)) setPrecision('float32');
  };
  const download = async () => {
    const query = new URLSearchParams({ format, precision, ...(fold && { fold_batch_normalization: 'true' }), ...(bundle && { bundle: 'true' }) });
    const file = await run(() => getBlob(`/checkpoints/${id}/export?${query}`));
    if (file) save(`${id}.${bundle ? 'zip' : endings[format] ?? format}`, file);
  };
  return (
    <details class="panel">
      <summary>Download for another program</summary>
      <div class="bar-row">
        <label>Format <select value={format} onChange={(e) => choose(e.currentTarget.value)}>{formats.map(([name, title]) => <option value={name}>{title}</option>)}</select></label>
        <label>Precision <select value={precision} onChange={(e) => setPrecision(e.currentTarget.value)}>
          <option value="float32">float32, as trained</option><option value="float16">float16, half the size</option>
          {withInt8.includes(format) && <option value="int8">int8, a quarter</option>}
        </select></label>
        <label><input type="checkbox" checked={fold} onChange={(e) => setFold(e.currentTarget.checked)} /> batch normalization folded into the layers before it</label>
        <label><input type="checkbox" checked={bundle} onChange={(e) => setBundle(e.currentTarget.checked)} /> with test inputs, outputs and scripts</label>
        <button onClick={download} disabled={busy}>{busy ? 'Writing' : 'Download'}</button>
      </div>
      <Problems problem={problem} />
    </details>
  );
}
