/** The repository's folder. */
export const root: string;
/** @param version such as 20.20.2 */
export function isRecentEnough(version: string): boolean;
/** Makes sure of a Node.js and of the dependencies. @returns the path of the Node.js to use */
export function bootstrap(): Promise<string>;
/** Lets one process run at a time; the lock of a process that is no more is no lock. */
export function exclusively<T>(lock: string, run: () => Promise<T>): Promise<T>;
/** Installs a tool of the tests. @param name of its folder in tools/ */
export function installTool(node: string, name: string): Promise<void>;
/** Builds the operator's console where its sources have changed since, or in any case. */
export function buildConsole(node: string, options?: { isForced?: boolean }): Promise<void>;
/** Runs a program under that Node.js; resolves with its exit code. */
export function run(node: string, args: readonly string[], options?: { cwd?: string }): Promise<number>;
