/** A TLS connection that sends ready-made HTTP/1.1 requests one after the other, for as little processor time as it can. */
import { once } from 'node:events';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export class Connection {
  readonly #socket: TLSSocket;
  #received = '';
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.#received += chunk;
      this.#answer();
    });
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')));
  }

  /** Opens a connection to a port of this machine. One context serves all; the handshake stays a full one. */
  static async open(port: number, secureContext: SecureContext): Promise<Connection> {
    const socket = connect({
      host: '127.0.0.1',
      port,
      secureContext,
      servername: 'localhost',
      ALPNProtocols: ['http/1.1'],
    });
    await once(socket, 'secureConnect');
    return new Connection(socket);
  }

  /** Sends one whole request and waits for its answer. */
  send(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request, (error) => {
        if (error) reject(error);
      });
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #answer(): void {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#received)?.[1] ?? 0);
    if (this.#received.length < end + 4 + length) return;
    const answer = {
      status: Number(this.#received.slice(9, 12)),
      body: this.#received.slice(end + 4, end + 4 + length),
    };
    this.#received = this.#received.slice(end + 4 + length);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
  }
}
