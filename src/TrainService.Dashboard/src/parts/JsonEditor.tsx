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
}

/** JSON with completion from the schema and errors where they are. A plain text field stands in until the editor has been loaded. */
export function JsonEditor(props: Props) {
  const { text, errors, label } = props;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const [ready, setReady] = useState(false);
  useEffect(() => {
    let gone = false;
    void Promise.all([import('./codemirror'), get<JsonObject>('/schema/job.json').catch(() => null)]).then(([{ open }, schema]) => {
      if (gone) return;
      editor.current = open(host.current!, label, latest.current.text, schema, (t) => latest.current.onChange(t));
      editor.current.mark(latest.current.errors);
      setReady(true);
    }).catch(() => undefined);
    return () => { gone = true; editor.current?.close(); };
  }, []);
  useEffect(() => editor.current?.show(text), [text]);
  useEffect(() => editor.current?.mark(errors), [errors, ready]);
  return (
    <>
      <div class="editor" ref={host} hidden={!ready} />
      {!ready && <textarea class="editor" value={text} spellcheck={false} aria-label={label} aria-invalid={errors.length > 0} wrap="off" onInput={(e) => props.onChange(e.currentTarget.value)} />}
      {errors.length > 0 && <p class="hidden">{errors.map((e) => `Line ${lineOf(text, e.pointer) + 1}: ${e.detail}`).join(' ')}</p>}
    </>
  );
}
