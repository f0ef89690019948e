/** Schemas of routes become functions by what fastify itself uses, but only when a route is first asked for. */
import { createRequire } from 'node:module';
import type Validators from '@fastify/ajv-compiler';
import type Serializers from '@fastify/fast-json-stringify-compiler';

/** A function that is made when it is first called, or looked at. */
function whenUsed<F extends (...args: never[]) => unknown>(make: () => F): F {
  let made: F | undefined;
  return new Proxy(make as unknown as F, {
    apply: (_target, self, args) => Reflect.apply((made ??= make()), self, args),
    get: (_target, name) => Reflect.get((made ??= make()), name),
  });
}

const require = createRequire(import.meta.url);
const buildValidator = whenUsed(() => (require('@fastify/ajv-compiler') as typeof Validators)());
const buildSerializer = whenUsed(() =>
  (require('@fastify/fast-json-stringify-compiler') as typeof Serializers)(),
);

/** For fastify's `schemaController`: making all functions of the operator API at once is most of what a start costs. */
export const compilersFactory = {
  buildValidator: ((schemas, options) => {
    const compile = whenUsed(() => buildValidator(schemas, options));
    return (schema, meta) => whenUsed(() => compile(schema, meta));
  }) satisfies typeof buildValidator,
  buildSerializer: ((schemas, options) => {
    const compile = whenUsed(() => buildSerializer(schemas, options));
    return (route) => whenUsed(() => compile(route));
  }) satisfies typeof buildSerializer,
};
