/** What a device offers, in a few words. */
export interface Offer {
  vendor: string;
  modelNumber: string;
  serialNumber: string;
  hosting?: {
    cpuGroups: { milliCores: number; architecture?: string }[];
    memory: { text: string };
    storage: { text: string };
    deploymentTypes: string[];
  };
}

/** Its processors, side by side: they never add up. */
export const cpuWords = ({ hosting }: Offer): string =>
  hosting === undefined
    ? 'relays only'
    : hosting.cpuGroups.map((g) => `${g.milliCores / 1000} ${g.architecture ?? ''}`.trim()).join(' + ');

/** One line of it all. */
export function offerWords(offer: Offer): string {
  const { vendor, modelNumber, serialNumber, hosting } = offer;
  const room =
    hosting === undefined ? '' : `, ${hosting.memory.text} memory, ${hosting.storage.text} storage`;
  return `${vendor} ${modelNumber} ${serialNumber}: ${cpuWords(offer)}${room}`;
}
