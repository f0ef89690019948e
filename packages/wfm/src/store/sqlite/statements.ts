import type BetterSqlite from 'better-sqlite3';

/** Enough for every statement this program has, several times over. */
const mostPrepared = 500;

/** Prepares each statement once: preparing costs more than most of them take to run. */
export function prepareOnce(raw: BetterSqlite.Database): (text: string) => BetterSqlite.Statement {
  const prepared = new Map<string, BetterSqlite.Statement>();
  return (text) => {
    let statement = prepared.get(text);
    if (statement === undefined) {
      if (prepared.size >= mostPrepared) prepared.clear();
      statement = raw.prepare(text);
      prepared.set(text, statement);
    }
    return statement;
  };
}
