/** What a device whose request was rejected is told. @param reason the operator's own words */
export function rejectedText(reason: string | null): string {
  return `An operator has rejected this request${reason === null ? '.' : `: ${reason}`}`;
}
