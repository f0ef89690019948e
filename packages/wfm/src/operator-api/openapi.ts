/** What is true of every operation of the operator API, and so is said here once: names, refusals, who may. */
import type { SwaggerOptions } from '@fastify/swagger';
import { Type } from 'typebox';

const title = 'Muster operator API';
const description = [
  'Approve devices, see what they offer, and check who decided what. Collections answer `{items, nextCursor}`; `cursor` asks for the next page, in the same order (`sort`, with a minus for the largest first) and with the same filters.',
  'Everything may be asked for again: what is done already changes nothing and answers as before. A DELETE of what was deleted, revoked or has expired is 204; of what never was, 404. Creating the same again is 200 in the place of 201. What the present state does not allow is 409, with that state in `state` and what to do about it in `detail`.',
  'Each call is an act of its own where something is made that is shown once, or sent: tickets, trust packs, tests of webhooks. A token is made once: asking again under its name is 409.',
].join('\n\n');

/** RFC 9457, beside the `error` and `message` of the device contract. */
const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'stable; what went wrong' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.Optional(Type.String()),
    instance: Type.Optional(Type.String()),
    errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() }))),
    state: Type.Optional(Type.String({ description: 'with 409: the present state' })),
    retryAfterSeconds: Type.Optional(Type.Number()),
    error: Type.String(),
    message: Type.String(),
  },
  { additionalProperties: true },
);

const problemSchema = { schema: { $ref: '#/components/schemas/Problem' } };
const problemContent = { 'application/json': problemSchema, 'application/problem+json': problemSchema };
const refusals: Readonly<Record<string, string>> = {
  400: 'The request is not valid.',
  401: 'No valid token.',
  403: 'The role of the token does not reach.',
  404: 'There is no such thing.',
  409: 'The present state does not allow that.',
  422: 'Well-formed, but wrong.',
  429: 'Too many refused requests; Retry-After says when.',
  default: 'Anything else that went wrong.',
};

interface Operation {
  operationId?: string;
  summary?: string;
  security?: readonly object[];
  parameters?: Array<{ name: string; in: string }>;
  requestBody?: { content?: Record<string, { schema?: { anyOf?: Array<{ type?: string }> } }> };
  responses?: Record<string, { description: string }>;
}

const isMethod = (key: string): boolean => ['get', 'post', 'put', 'delete', 'patch'].includes(key);

/** `get /operator/v1/clients/{clientId}` is `getClientsByClientId`. */
function operationId(method: string, path: string): string {
  const words = path
    .replace('/operator/v1/', '')
    .replace(/\{(\w+)\}/g, 'by-$1')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return method + words.map((w) => `${w.charAt(0).toUpperCase()}${w.slice(1)}`).join('');
}

/** A body that may be null may as well be missing. */
function withOptionalBody({ requestBody }: Operation): object {
  const schema = requestBody?.content?.['application/json']?.schema;
  const isOptional = schema?.anyOf?.some((s) => s.type === 'null') === true;
  return isOptional ? { requestBody: { ...requestBody, required: false } } : {};
}

function complete(method: string, path: string, operation: Operation): Operation {
  const isOpen = operation.security?.length === 0;
  const isWrite = method !== 'get';
  const possible = Object.keys(refusals).filter(
    (status) =>
      (isWrite || (status !== '409' && status !== '422')) &&
      (!isOpen || !['401', '403', '429'].includes(status)),
  );
  const refused = possible.map((status) => [status, { $ref: `#/components/responses/Refused-${status}` }]);
  const done = Object.fromEntries(
    Object.entries(operation.responses ?? {}).map(([status, r]) => [status, { ...r, description: 'Done.' }]),
  );
  return {
    ...operation,
    operationId: operationId(method, path),
    ...(operation.parameters === undefined
      ? {}
      : { parameters: operation.parameters.map((p) => (p.name === '*' ? { ...p, name: 'deviceId' } : p)) }),
    ...withOptionalBody(operation),
    responses: { ...done, ...Object.fromEntries(refused) },
  };
}

/** Completes the document: `*` is the deviceId that may hold a slash; whatever is refused is a problem. */
function completeDocument(document: object): object {
  const { paths = {}, components = {} } = document as {
    paths?: Record<string, Record<string, Operation>>;
    components?: { schemas?: object };
  };
  const tags = new Set<string>();
  const done = Object.entries(paths).map(([raw, item]) => {
    const path = raw.replace('{*}', '{deviceId}');
    const operations = Object.entries(item).map(([key, operation]) => {
      for (const tag of (operation as { tags?: string[] }).tags ?? []) tags.add(tag);
      return [key, isMethod(key) ? complete(key, path, operation) : operation];
    });
    return [path, Object.fromEntries(operations)];
  });
  return {
    ...document,
    tags: [...tags].sort().map((name) => ({ name })),
    paths: Object.fromEntries(done),
    components: {
      ...components,
      schemas: { ...components.schemas, Problem: ProblemSchema },
      responses: Object.fromEntries(
        Object.entries(refusals).map(([status, text]) => [
          `Refused-${status}`,
          { description: text, content: problemContent },
        ]),
      ),
    },
  };
}

/** Options of @fastify/swagger. */
export const openApiOptions: SwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: { title, version: '1', description, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    security: [{ bearer: [] }],
  },
  refResolver: {
    buildLocalReference: (schema, _base, _fragment, index) =>
      typeof schema['$id'] === 'string' ? schema['$id'] : `def-${index}`,
  },
  transformObject: (o) => completeDocument('openapiObject' in o ? o.openapiObject : o.swaggerObject),
};
