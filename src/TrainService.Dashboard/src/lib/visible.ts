import { signal } from '@preact/signals';

/** Whether anybody can see the page: one in the background asks for nothing and follows nothing. */
export const visible = signal(!document.hidden);

document.addEventListener('visibilitychange', () => (visible.value = !document.hidden));
