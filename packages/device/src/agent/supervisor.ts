/** What systemd wants to hear of a service of Type=notify. */
import { execFile } from 'node:child_process';

/** So that nothing arrives before what was said earlier. */
let said = Promise.resolve();

/**
 * Tells the supervisor, when there is one. Node cannot send to the datagram socket of sd_notify(3) itself, so systemd's own
 * helper does it; the unit says NotifyAccess=all for that.
 * @returns when it has been told; never rejects
 */
export function tellSupervisor(...words: string[]): Promise<void> {
  if (process.env['NOTIFY_SOCKET'] === undefined) return said;
  said = said.then(
    () => new Promise((resolve) => execFile('systemd-notify', words, { timeout: 5_000 }, () => resolve())),
  );
  return said;
}
