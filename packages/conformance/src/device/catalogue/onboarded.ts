/** What follows once there is a clientId. */
import { capabilities, type ClientCheck, contract, must, onboarding, security, should } from './check.ts';

export const onboardedChecks = {
  sameKeyAgain: should(
    'onboarding.same-key',
    'Whoever asks again asks with the same key',
    onboarding,
    'the key of the first request',
    'Keep the key on disk before it is used; a new key is another client to every WFM.',
  ),
  reportArrives: must(
    'report.arrives',
    'Capabilities come as the last step of onboarding',
    capabilities,
    'PUT or POST …/capabilities after the clientId was given',
    'Report the capabilities as soon as there is a clientId.',
  ),
  clientId: must(
    'request.client-id',
    'The path has the clientId exactly as it was given',
    `${security}; ${onboarding}`,
    'the clientId of the answer, unchanged',
    'Keep the clientId as the text that it is, and put it into the path unchanged.',
  ),
  sameKey: must(
    'signature.same-key',
    'Later requests are signed by the key that was onboarded',
    security,
    'a signature that verifies with the key of the onboarded certificate',
    'Sign with the key that was onboarded; compare your signature base with the digest that is shown.',
  ),
  reportRoute: must(
    'report.contract',
    'Route, method and shape of the report belong together',
    `${capabilities}; ${contract}`,
    'rc.1 on …/capabilities (POST, PUT); rc.2 on …/capabilities/{deviceId} (PUT; POST for the shapes with cpu or roles)',
    'Take route, method and shape from one published contract.',
  ),
  reportDocument: must(
    'report.document',
    'The report has a published shape',
    capabilities,
    'a DeviceCapabilitiesManifest of a published shape',
    'Correct the named fields.',
  ),
  reportSpelling: should(
    'report.spelling',
    'The report spells values as the standard does',
    capabilities,
    'the spelling of the enumerations, and apiVersion device.margo.org/v1alpha1',
    'Write the values as the standard lists them.',
  ),
  reportDeviceId: should(
    'report.device-id',
    'The device id is the same in path and body',
    capabilities,
    'properties.id as in the path',
    'Send the device id of the path in properties.id.',
  ),
  gatewayFirst: must(
    'report.gateway-first',
    'A gateway is reported before what is behind it',
    capabilities,
    'a report of the gateway before those of its children',
    'Report the device with the first segment of the id before the others.',
  ),
} as const satisfies Record<string, ClientCheck>;
