/** `parameters` and `configuration` of an application: what operators may set, and the rules for it. */
import { isObject } from '../json.ts';
import type { LocatedDocument, Path } from './document.ts';
import { choiceAt, type Json, listAt, objectAt, optionalText, remarkAt, textAt } from './fields.ts';
import { Patterns } from './patterns.ts';
import { valueFault } from './values.ts';

const dataTypes = [
  'string',
  'integer',
  'double',
  'boolean',
  'array[string]',
  'array[integer]',
  'array[double]',
  'array[boolean]',
] as const;
/** What a catalogue shows of an application. */
const catalogTexts = ['descriptionFile', 'icon', 'licenseFile', 'releaseNotes', 'site', 'tagline'];
const numberRules = ['minLength', 'maxLength', 'minValue', 'maxValue', 'minPrecision', 'maxPrecision'];

function isSettable(value: unknown): boolean {
  const scalar = (one: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof one);
  return scalar(value) || (Array.isArray(value) && value.length <= 1000 && value.every(scalar));
}

/** Checks the block of parameters at a path, and answers their names. */
export function parametersAt(
  d: LocatedDocument,
  given: unknown,
  components: ReadonlySet<string>,
  root: Path,
): Set<string> {
  const parameters = objectAt(d, given, root);
  for (const [name, one] of Object.entries(parameters)) {
    const path: Path = [...root, name];
    const parameter = objectAt(d, one, path);
    if (parameter['value'] !== undefined && !isSettable(parameter['value']))
      d.problem([...path, 'value'], 'must be a text, a number, true, false, or a list of these');
    listAt(d, parameter, 'targets', path, { required: true, notEmpty: true }).forEach((item, i) => {
      const at = [...path, 'targets', i];
      const target = objectAt(d, item, at);
      textAt(d, target, 'pointer', at);
      listAt(d, target, 'components', at, { required: true, notEmpty: true }).forEach((component, j) => {
        if (typeof component !== 'string' || !components.has(component))
          d.problem([...at, 'components', j], 'must name a component of a deployment profile');
      });
    });
  }
  return new Set(Object.keys(parameters));
}

/** @returns the schema by its name; null instead of one that is wrong */
function schemaAt(
  d: LocatedDocument,
  item: unknown,
  at: Path,
  patterns: Patterns,
): readonly [string, Json | null] {
  const before = d.problems.length;
  const schema = objectAt(d, item, at);
  const name = textAt(d, schema, 'name', at);
  choiceAt(d, schema['dataType'], dataTypes, [...at, 'dataType']);
  for (const rule of numberRules)
    if (schema[rule] !== undefined && typeof schema[rule] !== 'number')
      d.problem([...at, rule], 'must be a number');
  for (const rule of ['multiselect', 'allowEmpty'])
    if (schema[rule] !== undefined && typeof schema[rule] !== 'boolean')
      d.problem([...at, rule], 'must be true or false');
  const pattern = optionalText(d, schema, 'regexMatch', at);
  const fault = pattern === undefined ? undefined : patterns.fault(pattern);
  if (fault !== undefined) d.problem([...at, 'regexMatch'], fault);
  if (schema['multiselect'] !== undefined || schema['options'] !== undefined)
    listAt(d, schema, 'options', at, { required: true, notEmpty: true });
  for (const [low, high] of [
    ['minLength', 'maxLength'],
    ['minValue', 'maxValue'],
    ['minPrecision', 'maxPrecision'],
  ] as const)
    if (Number(schema[low]) > Number(schema[high])) d.problem([...at, low], `must not be above ${high}`);
  return [name, d.problems.length > before ? null : schema];
}

function configurationAt(
  d: LocatedDocument,
  block: unknown,
  root: Json,
  parameters: ReadonlySet<string>,
): void {
  const path: Path = ['configuration'];
  const patterns = new Patterns();
  const configuration = objectAt(d, block, path);
  const schemas = new Map(
    listAt(d, configuration, 'schema', path, { required: true }).map((item, i) =>
      schemaAt(d, item, [...path, 'schema', i], patterns),
    ),
  );
  listAt(d, configuration, 'sections', path, { required: true }).forEach((item, i) => {
    const at = [...path, 'sections', i];
    const section = objectAt(d, item, at);
    textAt(d, section, 'name', at);
    listAt(d, section, 'settings', at, { required: true }).forEach((one, j) => {
      const here = [...at, 'settings', j];
      const setting = objectAt(d, one, here);
      textAt(d, setting, 'name', here);
      remarkAt(d, setting, 'description', here);
      if (setting['immutable'] !== undefined && typeof setting['immutable'] !== 'boolean')
        d.problem([...here, 'immutable'], 'must be true or false');
      const parameter = textAt(d, setting, 'parameter', here);
      if (parameter !== '' && !parameters.has(parameter))
        d.problem([...here, 'parameter'], 'must name one of the parameters');
      const schema = textAt(d, setting, 'schema', here);
      if (schema !== '' && !schemas.has(schema))
        d.problem([...here, 'schema'], 'must name an entry of configuration.schema');
      const rules = schemas.get(schema);
      const given = isObject(root['parameters']) ? root['parameters'][parameter] : undefined;
      const value = isObject(given) ? given['value'] : undefined;
      if (rules === undefined || rules === null || value === undefined) return;
      const fault = isSettable(value) ? valueFault(value, rules, patterns) : undefined;
      if (fault !== undefined)
        d.problem(['parameters', parameter, 'value'], `${fault}, as its schema ${schema} says`);
    });
  });
}

/** Checks both blocks; either may be missing. */
export function checkSettings(d: LocatedDocument, root: Json, components: ReadonlySet<string>): void {
  const parameters =
    root['parameters'] === undefined
      ? new Set<string>()
      : parametersAt(d, root['parameters'], components, ['parameters']);
  if (root['configuration'] !== undefined) configurationAt(d, root['configuration'], root, parameters);
  if (root['metadata'] !== undefined && isObject(root['metadata'])) checkCatalog(d, root['metadata']);
}

function checkCatalog(d: LocatedDocument, metadata: Json): void {
  remarkAt(d, metadata, 'description', ['metadata']);
  const path: Path = ['metadata', 'catalog'];
  const catalog = objectAt(d, metadata['catalog'], path);
  if (!isObject(metadata['catalog'])) return;
  listAt(d, catalog, 'organization', path, { required: true, notEmpty: true }).forEach((item, i) => {
    const at = [...path, 'organization', i];
    const organization = objectAt(d, item, at);
    textAt(d, organization, 'name', at);
    remarkAt(d, organization, 'site', at);
  });
  listAt(d, catalog, 'author', path).forEach((item, i) => {
    const at = [...path, 'author', i];
    const author = objectAt(d, item, at);
    for (const key of ['name', 'email']) remarkAt(d, author, key, at);
  });
  if (catalog['application'] === undefined) return;
  const at: Path = [...path, 'application'];
  const page = objectAt(d, catalog['application'], at);
  for (const key of catalogTexts) remarkAt(d, page, key, at);
  listAt(d, page, 'tags', at).forEach((tag, i) => {
    if (typeof tag !== 'string') d.problem([...at, 'tags', i], 'must be a text');
  });
}
