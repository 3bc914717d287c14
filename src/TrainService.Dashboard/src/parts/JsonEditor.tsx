import { useMemo, useRef } from 'preact/hooks';
import type { SpecError } from '../lib/types';
import { lineOf } from './jsonLines';

interface Props {
  text: string;
  onChange: (text: string) => void;
  errors: SpecError[];
  label: string;
}

/** JSON as text, with the lines marked that the service objects to. */
export function JsonEditor({ text, onChange, errors, label }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const marked = useMemo(() => new Map(errors.map((e) => [lineOf(text, e.pointer), e.detail])), [text, errors]);
  const lines = text.split('\n').length;
  const indent = (e: KeyboardEvent) => {
    // Escape gives Tab back to moving on.
    if (e.key !== 'Tab' || e.shiftKey || e.ctrlKey || area.current!.dataset.leave === 'yes') return;
    e.preventDefault();
    area.current!.setRangeText('  ', area.current!.selectionStart, area.current!.selectionEnd, 'end');
    onChange(area.current!.value);
  };
  return (
    <div class="editor">
      <div class="gutter" ref={gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, i) => <div class={marked.has(i) ? 'bad' : ''} title={marked.get(i)}>{i + 1}</div>)}
      </div>
      <textarea
        ref={area} value={text} spellcheck={false} aria-label={label} aria-invalid={errors.length > 0} wrap="off"
        onInput={(e) => onChange(e.currentTarget.value)}
        onKeyDown={(e) => { area.current!.dataset.leave = e.key === 'Escape' ? 'yes' : area.current!.dataset.leave ?? 'no'; indent(e); }}
        onFocus={() => (area.current!.dataset.leave = 'no')}
        onScroll={(e) => (gutter.current!.scrollTop = e.currentTarget.scrollTop)}
      />
    </div>
  );
}
