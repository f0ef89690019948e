/** What is said where a connection fails before there is a request, or in the middle of one. */
import type { Socket } from 'node:net';
import { type ProblemCode, problemBody, problems } from '@muster/protocol';

const answers: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'header-fields-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/**
 * The answer to an error of node's HTTP parser (`HPE_…`, `ERR_HTTP_REQUEST_TIMEOUT`). Every other error is one of TLS or
 * of the socket: no HTTP was spoken, or the peer is gone, and an answer would reach nobody or, as a handshake that
 * ended too late showed, somebody who has asked nothing yet.
 * @returns null when the connection is closed without a word
 */
export function answerTo(errorCode: string | undefined): ProblemCode | null {
  const named = answers[errorCode ?? ''];
  if (named !== undefined) return named;
  return errorCode?.startsWith('HPE_') === true ? 'invalid-request' : null;
}

/** Answers or closes a connection that has failed. */
export function endFailedConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  const code = answerTo(error.code);
  if (code === null || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(problemBody(code));
  socket.end(
    `HTTP/1.1 ${problems[code].status} ${problems[code].title}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    // A peer that does not read must not keep the socket.
    () => socket.destroySoon(),
  );
}
