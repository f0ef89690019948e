/** Whom to believe: the binding's own CAs, the system's, or nobody (only to compare with a pin). */
export type Anchors =
  | {
      readonly kind: 'ca';
      /** The root CAs of the WFM. */
      readonly pem: readonly string[];
      /** CAs of inspecting proxies that somebody has told this device to trust, too. */
      readonly also?: readonly string[];
    }
  | { readonly kind: 'system' }
  | { readonly kind: 'none' };
