import type { TokenDescription } from '@muster/pki';

/** What the client tells while it works; the terminal's words are somebody else's. */
export type DeviceEvent =
  | { readonly event: 'trusted'; readonly wfm: string; readonly caPin: string | null; readonly how: string }
  | {
      readonly event: 'key';
      readonly keyType: string;
      readonly location: string;
      readonly protection: string;
      /** The token that holds it, as it names itself; null for a key file. */
      readonly token: TokenDescription | null;
      readonly spkiSha256: string;
      readonly created: boolean;
    }
  /** What somebody ought to know, and nothing that keeps the client from its work. */
  | { readonly event: 'notice'; readonly text: string }
  | { readonly event: 'words'; readonly words: readonly string[] }
  | {
      readonly event: 'pending';
      readonly words: readonly string[];
      readonly fingerprint: string;
      readonly retryAfterSeconds: number;
    }
  | { readonly event: 'onboarded'; readonly clientId: string; readonly created: boolean }
  | { readonly event: 'clock'; readonly offsetSeconds: number }
  | {
      readonly event: 'reported';
      readonly deviceId: string;
      readonly profile: string;
      readonly status: number;
    }
  | { readonly event: 'removed'; readonly deviceId: string; readonly status: number }
  | { readonly event: 'child-refused'; readonly deviceId: string; readonly seen: string }
  | {
      readonly event: 'joined';
      readonly clientId: string;
      readonly deviceId: string;
      readonly wfm: string;
      readonly profile: string;
    }
  | {
      readonly event: 'state';
      readonly state: string;
      readonly since: string;
      readonly detail: string | null;
      readonly nextStep: string | null;
      readonly nextTryAt: string | null;
      readonly failures: number;
    }
  | { readonly event: 'rebound'; readonly from: string; readonly wfm: string; readonly clientId: string }
  | { readonly event: 'retry'; readonly reason: string; readonly afterSeconds: number };

export type OnEvent = (event: DeviceEvent) => void;
