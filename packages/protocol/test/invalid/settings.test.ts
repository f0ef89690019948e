/** Every rule of parameters, sections, settings and schemas, broken one at a time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { application, head, helm, type Row, table } from './table.ts';

const settings = `${head}    author: []
${helm}parameters:
  host:
    value: cam-1.plant7
    targets:
      - pointer: camera.host
        components: [inspector]
  gain:
    value: 1.25
    targets:
      - pointer: camera.gain
        components: [inspector]
  zones:
    value: [a1, b2]
    targets:
      - pointer: zones
        components: [inspector]
configuration:
  sections:
    - name: Camera
      settings:
        - parameter: host
          name: Host
          schema: host
        - parameter: gain
          name: Gain
          schema: gain
        - parameter: zones
          name: Zones
          schema: zone
  schema:
    - name: host
      dataType: string
      allowEmpty: false
      minLength: 3
      maxLength: 20
      regexMatch: ^[a-z0-9-]+(\\.[a-z0-9-]+)*$
    - name: gain
      dataType: double
      minValue: 0.5
      maxValue: 4
      minPrecision: 1
      maxPrecision: 2
    - name: zone
      dataType: array[string]
      multiselect: true
      options: [a1, a2, b2]
      regexMatch: '[a-z][0-9]'
    - name: spare
      dataType: boolean
`;

const section = 'configuration.sections[0]';
const host = 'parameters.host.value';
const gain = 'parameters.gain.value';
const zones = 'parameters.zones.value';
const cannot: readonly Row[] = [
  ['an open bracket', /regexMatch: \^.*/, "regexMatch: '['", 54, 'configuration.schema[0].regexMatch'],
  ['nothing to repeat', /regexMatch: \^.*/, "regexMatch: '*a'", 54, 'configuration.schema[0].regexMatch'],
  ['an open group', /regexMatch: \^.*/, 'regexMatch: (a', 54, 'configuration.schema[0].regexMatch'],
  ['a number', /regexMatch: \^.*/, 'regexMatch: 7', 54, 'configuration.schema[0].regexMatch'],
  ['no characters', /regexMatch: \^.*/, "regexMatch: ''", 54, 'configuration.schema[0].regexMatch'],
  ['a text that does not match', 'cam-1.plant7', 'cam_1.plant7', 21, host],
  ['a text that matches only in part', 'cam-1.plant7', 'cam-1..plant7', 21, host],
  ['an item of a list that does not match', "'[a-z]", "'[x-z]", 31, zones],
];

table('regexMatch', settings, application(), cannot);

table('parameters and their settings', settings, application(), [
  ['an author that is no list', 'author: []', 'author: Halden', 8, 'metadata.catalog.author'],
  [
    'no components of a target',
    / {8}components: \[inspector\]\n/,
    '',
    23,
    'parameters.host.targets[0].components',
  ],
  [
    'no targets in the list',
    /targets:\n.*\n.*\n {2}gain/,
    'targets: []\n  gain',
    22,
    'parameters.host.targets',
  ],
  ['no schema', / {2}sections:[^]*/, '  sections: []\n', 35, 'configuration.schema'],
  ['a section without a name', '- name: Camera\n      settings', '- settings', 37, `${section}.name`],
  ['a section without settings', /settings:\n[^]*?(?= {2}schema:\n)/, 'x: y\n', 37, `${section}.settings`],
  [
    'a setting of nothing',
    '- parameter: host\n          name',
    '- name',
    39,
    `${section}.settings[0].parameter`,
  ],
  ['a setting without a schema', '          schema: host\n', '', 39, `${section}.settings[0].schema`],
  [
    'a schema without a name',
    '- name: spare\n      dataType',
    '- dataType',
    66,
    'configuration.schema[3].name',
  ],
  ['no data type', '      dataType: double\n', '', 55, 'configuration.schema[1].dataType'],
  ['a limit as a text', 'minLength: 3', "minLength: '3'", 52, 'configuration.schema[0].minLength'],
  ['lengths the wrong way round', 'minLength: 3', 'minLength: 30', 52, 'configuration.schema[0].minLength'],
  [
    'precisions the wrong way round',
    'minPrecision: 1',
    'minPrecision: 3',
    59,
    'configuration.schema[1].minPrecision',
  ],
  [
    'allowEmpty as a text',
    'allowEmpty: false',
    'allowEmpty: never',
    51,
    'configuration.schema[0].allowEmpty',
  ],
  [
    'multiselect as a text',
    'multiselect: true',
    'multiselect: many',
    63,
    'configuration.schema[2].multiselect',
  ],
  ['no options', '      options: [a1, a2, b2]\n', '', 61, 'configuration.schema[2].options'],
  ['an empty list of options', '[a1, a2, b2]', '[]', 64, 'configuration.schema[2].options'],
  ['an empty value', 'value: cam-1.plant7', "value: ''", 21, host],
  ['a value that is too short', 'cam-1.plant7', 'ca', 21, host],
  ['a value that is too long', 'cam-1.plant7', 'cam-1.plant7.example.com', 21, host],
  ['a value that is too precise', '1.25', '1.255', 26, gain],
  ['a value that is not precise enough', '1.25', '2', 26, gain],
  ['a value that is no list', '[a1, b2]', 'a1', 31, zones],
  ['a value that is no option', '[a1, b2]', '[a1, b1]', 31, zones],
]);

describe('a pattern', () => {
  const read = (pattern: string, value: string): unknown =>
    application()(
      settings
        .replace(/regexMatch: \^.*/, `regexMatch: ${JSON.stringify(pattern)}`)
        .replace('cam-1.plant7', JSON.stringify(value))
        .replace('maxLength: 20', 'maxLength: 100000'),
    );
  const refused = (pattern: string, value: string): void =>
    assert.throws(() => read(pattern, value), /ApplicationDescription is wrong/, pattern);

  it('is read as RE2 reads it, and what ECMAScript writes otherwise as well', () => {
    for (const [pattern, good, bad] of [
      ['^\\d{3}$', '123', '12a'],
      ['^(?i)cam$', 'CAM', 'cab'],
      ['^(?P<n>cam)$', 'cam', 'cab'],
      ['^(?<n>cam)$', 'cam', 'cab'],
      ['^\\u0063am$', 'cam', 'cab'],
      ['^[[:alpha:]]+$', 'cam', 'c4m'],
      ['cam', 'webcam1', 'webcab1'],
    ] as const) {
      read(pattern, good);
      refused(pattern, bad);
    }
  });

  it('that RE2 cannot say is taken, and not evaluated', () => {
    for (const pattern of ['^(?=c)cam$', '^(c)\\1$', '^(?!x).{1,5000}y$']) read(pattern, 'other');
  });

  it('that would run for years in another engine is decided at once', () => {
    refused('^(a+)+$', `${'a'.repeat(60)}!`);
    refused('^(a|aa)+$', `${'a'.repeat(60)}!`);
  });

  it('that is too large, alone or with the others, is taken and not evaluated', () => {
    read('(?:.?){999}'.repeat(50), 'cam');
    read('^((a{30}){30}){30}$', 'cam');
    read(`^${'[a-z]{0,900}'.repeat(5)}$`, '7'.repeat(50_000));
    const many = Array.from(
      { length: 500 },
      (_, i) => `    - {name: s${i}, dataType: string, regexMatch: '[a-z]{900}${i}'}\n`,
    );
    application()(`${settings}${many.join('')}`);
  });
});
