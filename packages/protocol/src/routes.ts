/** The standard's routes below the public URL. Ids are URL-safe by rule and go in as they are. */
export const routes = {
  certificate: '/api/v1/onboarding/certificate',
  onboarding: '/api/v1/onboarding',
  /** rc.1: the client's only device. */
  capabilities: (clientId: string): string => `/api/v1/clients/${clientId}/capabilities`,
  /** rc.2: one of the client's devices; `/` between id segments stays raw. */
  deviceCapabilities: (clientId: string, deviceId: string): string =>
    `/api/v1/clients/${clientId}/capabilities/${deviceId}`,
  /** Muster's own: a device takes back a request that nobody has decided. */
  withdrawal: '/api/v1/onboarding/withdrawal',
  /** Muster's own: what a client confirms. */
  acknowledgements: (clientId: string): string => `/api/v1/clients/${clientId}/acknowledgements`,
} as const;

/** URL-safe, 1 to 128 unreserved characters (RFC 3986 section 2.3). */
const clientIdPattern = /^[A-Za-z0-9._~-]{1,128}$/;

/** Whether a text can be a clientId: unreserved characters only, and no path trick. */
export function isClientId(text: string): boolean {
  return clientIdPattern.test(text) && text !== '.' && text !== '..';
}
