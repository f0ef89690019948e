import type { Migration } from './migration.ts';

/**
 * Reports of an earlier schema are kept as they are, marked with `P` for plain: their next change packs them. Of a
 * superseded revision only the bytes were kept, so its model stays empty.
 */
export const packedReports: Migration = {
  number: 80,
  name: 'the report as received and its model, packed together',
  statements: ({ name, bytes }) => {
    const kept = (model: string): string =>
      name === 'sqlite'
        ? `cast('P' || ${model} || char(10) || cast("document" as text) as blob)`
        : `convert_to('P' || ${model} || chr(10), 'UTF8') || "document"`;
    return [
      `alter table "devices" add column "report" ${bytes} not null default ''`,
      `update "devices" set "report" = ${kept('"model"')}`,
      `alter table "devices" drop column "model"`,
      `alter table "devices" drop column "document"`,
      `alter table "revisions" add column "report" ${bytes} not null default ''`,
      `update "revisions" set "report" = ${kept(`''`)}`,
      `alter table "revisions" drop column "document"`,
    ];
  },
};
