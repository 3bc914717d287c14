import type { Status } from '../lib/types';

export const StatusBadge = ({ status }: { status: Status }) => <span class={`badge ${status}`}>{status}</span>;
