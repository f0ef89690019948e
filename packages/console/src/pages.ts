/** Every page, one line each; a page is loaded when it is first opened. */
import type { ComponentType } from 'react';

interface Page {
  /** Below /console/. */
  readonly path: string;
  /** What the navigation calls it; null for pages that one comes to from others. */
  readonly label: string | null;
  readonly load: () => Promise<ComponentType>;
}

export const pages: readonly Page[] = [
  { path: '', label: 'Overview', load: async () => (await import('./pages/overview.tsx')).Overview },
  {
    path: 'enrollments',
    label: 'Enrollments',
    load: async () => (await import('./pages/enrollments.tsx')).Enrollments,
  },
  {
    path: 'enrollments/:id',
    label: null,
    load: async () => (await import('./pages/enrollment.tsx')).EnrollmentPage,
  },
  { path: 'clients', label: 'Clients', load: async () => (await import('./pages/clients.tsx')).Clients },
  { path: 'clients/:id', label: null, load: async () => (await import('./pages/client.tsx')).ClientPage },
  {
    path: 'clients/:id/gateways',
    label: null,
    load: async () => (await import('./pages/gateways.tsx')).GatewaysPage,
  },
  { path: 'devices', label: 'Devices', load: async () => (await import('./pages/devices.tsx')).Devices },
  { path: 'devices/:id/*', label: null, load: async () => (await import('./pages/device.tsx')).DevicePage },
  {
    path: 'drift-alerts',
    label: 'Drift alerts',
    load: async () => (await import('./pages/drift-alerts.tsx')).DriftAlertsPage,
  },
  {
    path: 'placement',
    label: 'Placement',
    load: async () => (await import('./pages/placement.tsx')).Placement,
  },
  {
    path: 'reservations',
    label: 'Reservations',
    load: async () => (await import('./pages/reservations.tsx')).Reservations,
  },
  {
    path: 'requirements',
    label: 'Requirements',
    load: async () => (await import('./pages/requirements.tsx')).Requirements,
  },
  { path: 'requirements/new', label: null, load: async () => (await import('./pages/require.tsx')).Require },
  {
    path: 'requirements/of/:name',
    label: null,
    load: async () => (await import('./pages/requirement.tsx')).RequirementPage,
  },
  { path: 'join', label: 'Join a device', load: async () => (await import('./pages/join.tsx')).Join },
  { path: 'audit', label: 'Audit', load: async () => (await import('./pages/audit.tsx')).Audit },
  { path: 'events', label: 'Live events', load: async () => (await import('./pages/events.tsx')).Events },
  { path: 'settings', label: 'Settings', load: async () => (await import('./pages/settings.tsx')).Settings },
  {
    path: 'settings/tokens',
    label: null,
    load: async () => (await import('./pages/settings-tokens.tsx')).Tokens,
  },
  {
    path: 'settings/webhooks',
    label: null,
    load: async () => (await import('./pages/settings-webhooks.tsx')).Webhooks,
  },
  {
    path: 'settings/rules',
    label: null,
    load: async () => (await import('./pages/settings-rules.tsx')).AdmissionRules,
  },
  {
    path: 'settings/device-cas',
    label: null,
    load: async () => (await import('./pages/settings-device-cas.tsx')).DeviceCas,
  },
  {
    path: 'settings/preauthorizations',
    label: null,
    load: async () => (await import('./pages/settings-preauthorizations.tsx')).Preauthorizations,
  },
  {
    path: 'settings/tickets',
    label: null,
    load: async () => (await import('./pages/settings-tickets.tsx')).Tickets,
  },
  {
    path: 'settings/trust',
    label: null,
    load: async () => (await import('./pages/settings-trust.tsx')).Trust,
  },
  { path: '*', label: null, load: async () => (await import('./pages/not-found.tsx')).NotFound },
];
