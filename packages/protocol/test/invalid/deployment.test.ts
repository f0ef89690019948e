/** Every kind of invalid ApplicationDeployment that the standard names, by shape. */
import { application, table } from './table.ts';

const rc2 = `apiVersion: application.margo.org/v1alpha1
kind: ApplicationDeployment
id: 0b6f4a3e-5b0f-4a6d-9a55-2f9c1f0a7d11
metadata:
  name: visual-check-prod
  namespace: cell7
  deviceId: cell7-gw/vision-1
  labels:
    line: four
spec:
  applicationId: com-halden-visual-check
  deploymentProfile:
    type: compose
    components:
      - name: inspector
        properties:
          repository: oci://packages.example.com/inspector
          revision: 2.0.1
          wait: true
          timeout: 4m0s
    x-halden-extensions:
      note: kept
  parameters:
    frameRate:
      value: 12
      targets:
        - pointer: FRAME_RATE
          components: [inspector]
`;

const rc1 = `apiVersion: application.margo.org/v1alpha1
kind: ApplicationDeployment
metadata:
  annotations:
    id: 0b6f4a3e-5b0f-4a6d-9a55-2f9c1f0a7d11
    applicationId: com-halden-visual-check
  name: visual-check-prod
spec:
  deploymentProfile:
    type: compose
    components:
      - name: inspector
        properties:
          packageLocation: https://packages.example.com/inspector-2.0.1.tar.gz
          keyLocation: https://packages.example.com/key.asc
`;

const rc3 = rc2.replace(/^apiVersion.*\nkind.*\n/, '');

const deployed = 'spec.deploymentProfile.components[0]';

table('an ApplicationDeployment of rc.2', rc2, application(), [
  ['an id that is no UUID', /id: 0b.*/, 'id: my-deployment', 3, 'id'],
  ['an id without its dashes', /id: 0b.*/, `id: ${'a'.repeat(32)}`, 3, 'id'],
  ['another apiVersion', 'v1alpha1', 'v9', 1, 'apiVersion'],
  ['no apiVersion', /apiVersion.*\n/, '', 1, 'apiVersion'],
  ['no name', '  name: visual-check-prod\n', '', 4, 'metadata.name'],
  ['no namespace', '  namespace: cell7\n', '', 4, 'metadata.namespace'],
  ['no device', / {2}deviceId: .*\n/, '', 4, 'metadata.deviceId'],
  ['a device id with an empty segment', 'cell7-gw/', 'cell7-gw//', 7, 'metadata.deviceId'],
  ['a device id with a star within', 'gw/vision', 'gw/*/vision', 7, 'metadata.deviceId'],
  ['a star that is no whole segment', '/vision-1', '/vision*', 7, 'metadata.deviceId'],
  ['a device id with ..', '/vision-1', '/..', 7, 'metadata.deviceId'],
  ['a label that is no text', 'line: four', 'line: 4', 9, 'metadata.labels.line'],
  ['an application id in upper case', 'com-halden', 'COM-halden', 11, 'spec.applicationId'],
  ['an application id with an underscore', 'com-halden', 'com_halden', 11, 'spec.applicationId'],
  ['an application id with a period', 'com-halden', 'com.halden', 11, 'spec.applicationId'],
  [
    'an application id of 201 characters',
    'com-halden-visual-check',
    'a'.repeat(201),
    11,
    'spec.applicationId',
  ],
  ['no application id', / {2}applicationId.*\n/, '', 10, 'spec.applicationId'],
  [
    'another application id in the annotations',
    '  name: v',
    '  annotations: {applicationId: other}\n  name: v',
    5,
    'metadata.annotations.applicationId',
  ],
  ['a type out of the list', 'type: compose', 'type: docker', 13, 'spec.deploymentProfile.type'],
  [
    'constraints by another name',
    '    components',
    '    deviceConstraint: {}\n    components',
    14,
    'spec.deploymentProfile.deviceConstraint',
  ],
  ['a Compose repository by https', 'oci://', 'https://', 17, `${deployed}.properties.repository`],
  ['no Compose revision', / {10}revision.*\n/, '', 16, `${deployed}.properties.revision`],
  ['a revision with v', '2.0.1', 'v2.0.1', 18, `${deployed}.properties.revision`],
  ['no source', / {10}repository.*\n {10}revision.*\n/, '', 16, `${deployed}.properties`],
  ['a wait that is neither', 'wait: true', 'wait: maybe', 19, `${deployed}.properties.wait`],
  ['a timeout in words', '4m0s', '4 minutes', 20, `${deployed}.properties.timeout`],
  [
    'an extension named otherwise',
    'x-halden-extensions',
    'x-Halden-extensions',
    21,
    'spec.deploymentProfile.x-Halden-extensions',
  ],
  [
    'an extension that is no mapping',
    'x-halden-extensions:\n      note: kept',
    'x-halden-extensions: []',
    21,
    'spec.deploymentProfile.x-halden-extensions',
  ],
  ['no targets', / {6}targets:\n.*\n.*\n/, '', 24, 'spec.parameters.frameRate.targets'],
  [
    'a target that is no component',
    '[inspector]',
    '[other]',
    28,
    'spec.parameters.frameRate.targets[0].components[0]',
  ],
]);

table('an ApplicationDeployment of rc.1', rc1, application(), [
  ['an id that is no UUID', /id: 0b.*/, 'id: my-deployment', 5, 'metadata.annotations.id'],
  ['an application id with a period', 'com-halden', 'com.halden', 6, 'metadata.annotations.applicationId'],
  ['no package', /packageLocation.*/, 'repository: oci://x/y', 13, `${deployed}.properties.packageLocation`],
  [
    'a package at no URL',
    'https://packages.example.com/inspector',
    'inspector',
    14,
    `${deployed}.properties.packageLocation`,
  ],
  ['a key at no URL', 'https://packages.example.com/key', 'key', 15, `${deployed}.properties.keyLocation`],
]);

table('an ApplicationDeployment of rc.3', rc3, application(), [
  ['a repository by https', 'oci://', 'https://', 15, `${deployed}.properties.repository`],
  [
    'a package instead of a repository',
    /repository: .*/,
    'packageLocation: https://x.example/y.tar.gz',
    14,
    `${deployed}.properties.repository`,
  ],
  ['a revision with v', '2.0.1', 'v2.0.1', 16, `${deployed}.properties.revision`],
]);
