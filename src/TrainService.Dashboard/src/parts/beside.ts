import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import type { JsonObject } from '../lib/types';
import { handle, looks, shadowOf, writing, type Editor } from './codemirror';

/** Narrower than this two texts beside each other show too little of each: what was is then shown above what is. */
const narrow = 640;

/** An editor that shows what is changed against a text before, side by side. */
export function openBeside(host: HTMLElement, label: string, before: string, text: string, schema: JsonObject | null, onChange: (text: string) => void): Editor {
  const root = shadowOf(host);
  const parent = root as unknown as HTMLElement;
  if (host.parentElement!.clientWidth < narrow)
    return handle(new EditorView({
      parent, root, state: EditorState.create({ doc: text, extensions: [writing(label, schema, onChange), changes, unifiedMergeView({ original: before, mergeControls: false })] }),
    }));
  const view = new MergeView({
    parent, root, gutter: true,
    a: { doc: before, extensions: [looks(), changes, EditorState.readOnly.of(true), EditorView.editable.of(false), EditorView.contentAttributes.of({ 'aria-label': 'The job as it was', role: 'textbox', 'aria-readonly': 'true', tabindex: '0' })] },
    b: { doc: text, extensions: [writing(label, schema, onChange), changes] },
  });
  view.dom.style.setProperty('height', '100%');
  view.dom.style.setProperty('overflow', 'auto');
  view.dom.tabIndex = 0;
  return handle(view.b, () => view.destroy());
}

const changes = EditorView.theme({
  '&': { height: 'auto' },
  '.cm-changedLine, .cm-insertedLine': { backgroundColor: 'color-mix(in srgb, var(--good) 14%, transparent)' },
  '.cm-changedText': { background: 'color-mix(in srgb, var(--good) 30%, transparent)' },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'color-mix(in srgb, var(--bad) 14%, transparent)' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': { background: 'color-mix(in srgb, var(--bad) 30%, transparent)' },
});
