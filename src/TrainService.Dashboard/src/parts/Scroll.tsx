import type { ComponentChildren } from 'preact';

/** What may be wider than the screen scrolls by itself, by keyboard too. */
export const Scroll = ({ label, children }: { label: string; children: ComponentChildren }) => <div class="scroll" tabIndex={0} role="region" aria-label={label}>{children}</div>;
