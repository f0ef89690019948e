/** SQLSTATE: class 08 connection exception, 57P0x the server ends or starts, 53300 too many connections (PostgreSQL, appendix A). */
const states = /^(?:08...|57P0[1-3]|53300)$/;
const network =
  /^(?:ECONN(?:REFUSED|RESET|ABORTED)|EPIPE|ENOTFOUND|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|EAI_AGAIN)$/;
/** What pg says without a code: the connection ended in the middle of a question, or none could be had. */
const words =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Whether an error says that the database cannot be reached now, rather than that something is wrong with what it was asked. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return states.test(code) || network.test(code) || words.test(error.message);
}

/** SQLSTATE 57014, query_canceled: the statement took longer than it may, or a person has ended it. Its transaction is undone. */
export function isStatementEnded(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '57014';
}
