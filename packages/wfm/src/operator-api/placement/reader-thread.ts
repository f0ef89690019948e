/** The thread that reads large applications, one after the other. */
import { parentPort } from 'node:worker_threads';
import { type Application, parseApplication, ProtocolError } from '@muster/protocol';

/** What is found: errors lose their type on the way between threads. */
export type Reading =
  | { readonly application: Application }
  | { readonly refused: Pick<ProtocolError, 'code' | 'message' | 'problems' | 'nextStep'> };

function readingOf(text: string): Reading {
  try {
    return { application: parseApplication(text) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const { code, message, problems, nextStep } = error;
    return { refused: { code, message, problems, nextStep } };
  }
}

parentPort?.on('message', (text: string) => parentPort?.postMessage(readingOf(text)));
