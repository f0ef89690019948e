import type { Migration } from './migration.ts';

/** Placement asks for the devices of certain offers within a selection of labels. */
export const labelAndOffer: Migration = {
  number: 81,
  name: 'devices are found by their labels and their offer at once',
  statements: () => [
    `create index "devicesByGroup" on "devices" ("labelSetId", "offerId")`,
    `drop index "devicesByLabels"`,
  ],
};
