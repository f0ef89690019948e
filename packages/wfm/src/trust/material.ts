/** The TLS key and certificate of a listener, which may change while it runs. */
export interface TlsMaterial {
  current(): { key: string; cert: string };
  onChange(listener: () => void): void;
}
