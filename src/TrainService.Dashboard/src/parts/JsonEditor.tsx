import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../lib/api';
import type { JsonObject, SpecError } from '../lib/types';
import type { Editor } from './codemirror';
import { lineOf } from './jsonLines';

interface Props {
  text: string;
  onChange: (text: string) => void;
  errors: SpecError[];
  label: string;
  /** A text to show the changes against, side by side. */
  before?: string;
}

/** JSON with completion from the schema and errors where they are. A plain text field stands in until the editor has been loaded. */
export function JsonEditor(props: Props) {
  const { text, errors, label, before } = props;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let gone = false;
    const load = async () => {
      const [schema, code, beside] = await Promise.all([get<JsonObject>('/schema/job.json').catch(() => null), import('./codemirror'), before === undefined ? null : import('./beside')]);
      if (gone) return;
      const { text: now, errors: wrong } = latest.current, changed = (t: string) => latest.current.onChange(t);
      editor.current = beside ? beside.openBeside(host.current!, label, before!, now, schema, changed) : code.open(host.current!, label, now, schema, changed);
      editor.current.mark(wrong);
      setReady(true);
    };
    void load().catch(() => undefined);
    return () => { gone = true; editor.current?.close(); editor.current = null; };
  }, [before]);
  useEffect(() => editor.current?.show(text), [text]);
  useEffect(() => editor.current?.mark(errors), [errors, ready]);
  return (
    <>
      <div class={`editor ${before === undefined ? '' : 'beside'}`} ref={host} hidden={!ready} />
      {!ready && <textarea class="editor" value={text} spellcheck={false} aria-label={label} aria-invalid={errors.length > 0} wrap="off" onInput={(e) => props.onChange(e.currentTarget.value)} />}
      {errors.length > 0 && <p class="hidden">{errors.map((e) => `Line ${lineOf(text, e.pointer) + 1}: ${e.detail}`).join(' ')}</p>}
    </>
  );
}
