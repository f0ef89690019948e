/** The repository's folder. */
export const root: string;
/** @param version such as 20.20.2 */
export function isRecentEnough(version: string): boolean;
/** Makes sure of a Node.js and of the dependencies. @returns the path of the Node.js to use */
export function bootstrap(): Promise<string>;
/** Runs a program under that Node.js; resolves with its exit code. */
export function run(node: string, args: readonly string[], options?: { cwd?: string }): Promise<number>;
