/** What systemd wants to hear of a service of Type=notify. */
import { execFile } from 'node:child_process';

/**
 * Tells the supervisor, when there is one. Node cannot send to the datagram socket of sd_notify(3) itself, so systemd's own
 * helper does it; the unit says NotifyAccess=all for that.
 */
export function tellSupervisor(...words: string[]): void {
  if (process.env['NOTIFY_SOCKET'] === undefined) return;
  execFile('systemd-notify', words, () => undefined);
}
