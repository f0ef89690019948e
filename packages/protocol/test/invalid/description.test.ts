/** Every kind of invalid ApplicationDescription that the standard names. */
import { application, head, helm, table } from './table.ts';

const description = `${head}${helm}          wait: true
          timeout: 8m30s
    requiredResources:
      cpu:
        cores: 1.5
        architectures: [amd64]
      memory: 1024Mi
      storage: 10Gi
      peripherals:
        - type: gpu
      interfaces:
        - type: ethernet
  - type: compose
    id: machine
    components:
      - name: inspector
        properties:
          repository: oci://registry.example.com/compose/inspector
          revision: 2.0.1
parameters:
  frameRate:
    value: 12
    targets:
      - pointer: FRAME_RATE
        components: [inspector]
configuration:
  sections:
    - name: Camera
      settings:
        - parameter: frameRate
          name: Frames per second
          immutable: false
          schema: rate
  schema:
    - name: rate
      dataType: integer
      minValue: 1
      maxValue: 60
`;

const rules = `type: compose
deviceConstraints:
  capacityRequirements:
    memory: 1Gi
  eligibilityRules:
    - propertySelector:
        matchExpressions:
          - key: /vendor
            operator: In
            values: [Halden]
    - labelSelector:
        matchExpressions:
          - key: site
            operator: Exists
`;

const profile = 'deploymentProfiles[0]';
const resources = `${profile}.requiredResources`;
const component = `${profile}.components[0]`;
const second = 'deploymentProfiles[1].components[0]';
const setting = 'configuration.sections[0].settings[0]';
const rule = 'deviceConstraints.eligibilityRules[0].propertySelector';

table('an ApplicationDescription', description, application(), [
  ['neither YAML nor JSON', 'kind: App', 'kind: {App', 3, '', 'malformed-json'],
  ['a key twice', 'kind: ', 'kind: x\nkind: ', 3, '', 'malformed-json'],
  ['another kind', 'ApplicationDescription', 'SomethingElse', 2, 'kind'],
  ['no kind', 'kind: ApplicationDescription\n', '', 1, 'kind'],
  ['another apiVersion', 'v1-alpha1', 'v2', 1, 'apiVersion'],
  ['no id', '  id: com-halden-visual-check\n', '', 3, 'metadata.id'],
  ['an id in upper case', 'id: com', 'id: COM', 4, 'metadata.id'],
  ['an id with an underscore', 'com-halden', 'com_halden', 4, 'metadata.id'],
  ['an id with a period', 'com-halden', 'com.halden', 4, 'metadata.id'],
  ['an id of 201 characters', 'com-halden-visual-check', 'a'.repeat(201), 4, 'metadata.id'],
  ['no name', '  name: Visual check\n', '', 3, 'metadata.name'],
  ['no version', '  version: 2.0.1\n', '', 3, 'metadata.version'],
  ['no catalog', / {2}catalog:\n.*\n.*\n/, '', 3, 'metadata.catalog'],
  ['no organization', / {4}organization:\n.*\n/, '    author: []\n', 7, 'metadata.catalog.organization'],
  ['no name of an organization', '- name: Hal', '- site: Hal', 9, 'metadata.catalog.organization[0].name'],
  ['no profiles', /deploymentProfiles:[^]*/, 'deploymentProfiles: []\n', 10, 'deploymentProfiles'],
  ['a type out of the list', 'type: helm', 'type: helmchart', 11, `${profile}.type`],
  ['no type', '  - type: helm\n    id', '  - id', 11, `${profile}.type`],
  ['no id of a profile', '    id: cluster\n', '', 11, `${profile}.id`],
  ['one id for two profiles', 'id: machine', 'id: cluster', 31, 'deploymentProfiles[1].id'],
  ['no components', /components:\n[^]*?(?= {4}requiredRes)/, 'components: []\n', 13, `${profile}.components`],
  ['a name in upper case', 'name: inspector', 'name: Inspector', 14, `${component}.name`],
  ['a name with a period', 'name: inspector', 'name: in.spector', 14, `${component}.name`],
  ['no repository', / {10}repository: .*charts.*\n/, '', 15, `${component}.properties.repository`],
  ['wait as a number', 'wait: true', 'wait: 1', 18, `${component}.properties.wait`],
  ['a timeout in seconds', '8m30s', '510s', 19, `${component}.properties.timeout`],
  ['no cores', '        cores: 1.5\n', '', 21, `${resources}.cpu.cores`],
  ['needs by another name', 'requiredResources', 'requiredResource', 20, `${profile}.requiredResource`],
  ['constraints by another name', 'requiredResources', 'deviceConstraint', 20, `${profile}.deviceConstraint`],
  [
    'a need that is not known',
    '      memory: 1024',
    '      memmory: 1Gi\n      memory: 1024',
    24,
    `${resources}.memmory`,
  ],
  ['a CPU in other words', 'cores: 1.5', 'cores: 1.5\n        threads: 4', 23, `${resources}.cpu.threads`],
  [
    'a peripheral in other words',
    'type: gpu',
    'type: gpu\n          vendor: N',
    28,
    `${resources}.peripherals[0].vendor`,
  ],
  [
    'an interface in other words',
    'type: ethernet',
    'type: ethernet\n          speed: 10',
    30,
    `${resources}.interfaces[0].speed`,
  ],
  ['a version that is a number', 'version: 2.0.1', 'version: 2.0', 6, 'metadata.version'],
  ['no whole CPU', 'cores: 1.5', 'cores: 0', 22, `${resources}.cpu.cores`],
  ['negative cores', 'cores: 1.5', 'cores: -1', 22, `${resources}.cpu.cores`],
  ['cores as a text', 'cores: 1.5', "cores: '1.5'", 22, `${resources}.cpu.cores`],
  ['cores beyond millicores', 'cores: 1.5', 'cores: 1.0005', 22, `${resources}.cpu.cores`],
  ['next to no cores', 'cores: 1.5', 'cores: 1e-10', 22, `${resources}.cpu.cores`],
  ['an architecture out of the list', '[amd64]', '[x86_64]', 23, `${resources}.cpu.architectures[0]`],
  ['memory in Ti', '1024Mi', '1Ti', 24, `${resources}.memory`],
  ['memory in MB', '1024Mi', '1024MB', 24, `${resources}.memory`],
  ['a blank before the unit', '1024Mi', '1024 Mi', 24, `${resources}.memory`],
  ['decimal memory', '1024Mi', '1.5Gi', 24, `${resources}.memory`],
  ['storage without a unit', '10Gi', '10', 25, `${resources}.storage`],
  ['storage in lower case', '10Gi', '10gi', 25, `${resources}.storage`],
  ['storage of 2^63 bytes', '10Gi', '8Ei', 25, `${resources}.storage`],
  ['a peripheral out of the list', 'type: gpu', 'type: GPU', 27, `${resources}.peripherals[0].type`],
  ['a peripheral without a type', 'type: gpu', 'model: T1000', 27, `${resources}.peripherals[0].type`],
  ['an interface out of the list', 'type: ethernet', 'type: lan', 29, `${resources}.interfaces[0].type`],
  ['no targets', / {4}targets:\n.*\n.*\n/, '', 38, 'parameters.frameRate.targets'],
  ['no pointer', '- pointer: FRAME_RATE\n        c', '- c', 41, 'parameters.frameRate.targets[0].pointer'],
  [
    'a target that is no component',
    '[inspector]',
    '[other]',
    42,
    'parameters.frameRate.targets[0].components[0]',
  ],
  ['a mapping as a value', 'value: 12', 'value: {a: 1}', 39, 'parameters.frameRate.value'],
  ['no sections', / {2}sections:[^]*(?= {2}schema:\n)/, '', 43, 'configuration.sections'],
  ['a setting of no parameter', 'parameter: frameRate', 'parameter: rate', 47, `${setting}.parameter`],
  ['a setting without a name', '          name: Frames per second\n', '', 47, `${setting}.name`],
  ['immutable as a text', 'immutable: false', 'immutable: no way', 49, `${setting}.immutable`],
  ['a setting of no schema', 'schema: rate', 'schema: none', 50, `${setting}.schema`],
  [
    'a data type out of the list',
    'dataType: integer',
    'dataType: number',
    53,
    'configuration.schema[0].dataType',
  ],
  ['limits the wrong way round', 'minValue: 1', 'minValue: 61', 54, 'configuration.schema[0].minValue'],
  ['a value below its minimum', 'value: 12', 'value: 0', 39, 'parameters.frameRate.value'],
  ['a value above its maximum', 'value: 12', 'value: 61', 39, 'parameters.frameRate.value'],
  ['a value that is no whole number', 'value: 12', 'value: 1.5', 39, 'parameters.frameRate.value'],
  ['a value of another type', 'value: 12', 'value: fast', 39, 'parameters.frameRate.value'],
]);

table('an ApplicationDescription with the sources of rc.2-C', description, application('rc.2c'), [
  [
    'a Helm repository by https',
    'oci://registry.example.com/charts',
    'https://charts.example.com',
    16,
    `${component}.properties.repository`,
  ],
  ['a scheme in upper case', 'oci://', 'OCI://', 16, `${component}.properties.repository`],
  [
    'an empty reference',
    'oci://registry.example.com/charts/inspector',
    'oci://',
    16,
    `${component}.properties.repository`,
  ],
  ['no Helm revision', / {10}revision: 2.0.1\n/, '', 15, `${component}.properties.revision`],
  ['a revision with v', 'revision: 2.0.1', 'revision: v2.0.1', 17, `${component}.properties.revision`],
  ['a revision of two numbers', 'revision: 2.0.1', "revision: '2.0'", 17, `${component}.properties.revision`],
  ['a leading zero', 'revision: 2.0.1', 'revision: 2.00.1', 17, `${component}.properties.revision`],
  [
    'a + before build metadata',
    'revision: 2.0.1',
    'revision: 2.0.1+5',
    17,
    `${component}.properties.revision`,
  ],
  ['a tag', 'revision: 2.0.1', 'revision: latest', 17, `${component}.properties.revision`],
  [
    'a Compose repository by https',
    'oci://registry.example.com/compose',
    'https://x.example',
    35,
    `${second}.properties.repository`,
  ],
  ['no Compose revision', / {10}revision: 2.0.1\n(?=param)/, '', 34, `${second}.properties.revision`],
]);

table('an ApplicationDescription that does not say its shape', description, application(), [
  [
    'a revision with v of an OCI chart',
    'revision: 2.0.1',
    'revision: v2.0.1',
    17,
    `${component}.properties.revision`,
  ],
  [
    'a Compose repository that is none of OCI',
    'oci://registry.example.com/compose',
    'https://x.example',
    35,
    `${second}.properties.repository`,
  ],
  [
    'a package at no URL',
    /repository: oci:.*compose.*\n {10}revision: 2.0.1/,
    'packageLocation: inspector.tar.gz',
    35,
    `${second}.properties.packageLocation`,
  ],
]);

table('rules of rc.3', rules, application(), [
  [
    'no selector in a rule',
    /propertySelector:[^]*(?= {4}- label)/,
    '{}\n',
    6,
    'deviceConstraints.eligibilityRules[0]',
  ],
  [
    'no expressions',
    /matchExpressions:\n {10}- key: \/vendor[^]*?(?= {4}- label)/,
    'x-note-extensions: {}\n',
    6,
    `${rule}.matchExpressions`,
  ],
  ['a key that is no pointer', 'key: /vendor', 'key: vendor', 8, `${rule}.matchExpressions[0].key`],
  ['no key', '- key: /vendor\n            operator', '- operator', 8, `${rule}.matchExpressions[0].key`],
  [
    'an operator out of the list',
    'operator: In',
    'operator: Like',
    9,
    `${rule}.matchExpressions[0].operator`,
  ],
  ['no values', '\n            values: [Halden]', '', 8, `${rule}.matchExpressions[0].values`],
  ['values with Exists', 'operator: In', 'operator: Exists', 10, `${rule}.matchExpressions[0].values`],
  [
    'two values with Gt',
    'In\n            values: [Halden]',
    'Gt\n            values: [1, 2]',
    10,
    `${rule}.matchExpressions[0].values`,
  ],
  ['a mapping as a value', '[Halden]', '[{a: 1}, b]', 10, `${rule}.matchExpressions[0].values[0]`],
  [
    'an item selector with In',
    'operator: In',
    'operator: In\n            itemSelector: /type',
    10,
    `${rule}.matchExpressions[0].itemSelector`,
  ],
  ['memory in Ti', '1Gi', '1Ti', 4, 'deviceConstraints.capacityRequirements.memory'],
  [
    'a selector by another name',
    '    - labelSelector',
    '      labelsSelector: {}\n    - labelSelector',
    11,
    'deviceConstraints.eligibilityRules[0].labelsSelector',
  ],
  [
    'a rule in other words',
    'operator: In',
    'operator: In\n            negate: true',
    10,
    `${rule}.matchExpressions[0].negate`,
  ],
  [
    'a capacity that is not known',
    'memory: 1Gi',
    'memory: 1Gi\n    gpus: 2',
    5,
    'deviceConstraints.capacityRequirements.gpus',
  ],
  [
    'constraints that are not known',
    '  eligibilityRules',
    '  eligibility: []\n  eligibilityRules',
    5,
    'deviceConstraints.eligibility',
  ],
  ['both kinds of needs', 'type: compose', 'type: compose\nrequiredResources: {}', 3, 'deviceConstraints'],
]);
