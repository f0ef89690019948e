import type { Command } from 'commander';

/** The commands by their first word; each is loaded when it is asked for. */
export const groups = new Map<string, () => Promise<Command>>([
  ['wfm', async () => (await import('./commands/wfm/wfm.ts')).wfm],
  ['clients', async () => (await import('./commands/clients/clients.ts')).clients],
  ['preauthorize', async () => (await import('./commands/preauthorize/preauthorize.ts')).preauthorize],
  ['device-ca', async () => (await import('./commands/device-ca/device-ca.ts')).deviceCa],
  ['rules', async () => (await import('./commands/rules/rules.ts')).rules],
  ['devices', async () => (await import('./commands/devices/devices.ts')).devices],
  ['place', async () => (await import('./commands/place/place.ts')).place],
  ['reservations', async () => (await import('./commands/reservations/reservations.ts')).reservations],
  ['requirements', async () => (await import('./commands/requirements/requirements.ts')).requirements],
  ['audit', async () => (await import('./commands/audit/audit.ts')).audit],
  ['events', async () => (await import('./commands/events.ts')).events],
  ['webhooks', async () => (await import('./commands/webhooks/webhooks.ts')).webhooks],
  ['tokens', async () => (await import('./commands/tokens/tokens.ts')).tokens],
  ['tickets', async () => (await import('./commands/tickets/tickets.ts')).tickets],
  ['console', async () => (await import('./commands/console.ts')).console],
  ['login', async () => (await import('./commands/login.ts')).login],
  ['logout', async () => (await import('./commands/logout.ts')).logout],
  ['signers', async () => (await import('./commands/signers/signers.ts')).signers],
  ['device', async () => (await import('./commands/device/device.ts')).device],
  ['conform', async () => (await import('./commands/conform/conform.ts')).conform],
  ['start', async () => (await import('./commands/start.ts')).start],
]);
