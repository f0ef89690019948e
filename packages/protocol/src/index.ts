export { type LocatedProblem, LocatedDocument } from './application/document.ts';
export {
  type Application,
  type ApplicationProfile,
  type MatchExpression,
  type PeripheralNeed,
  type Requirement,
  type SelectorOperator,
} from './application/model.ts';
export { type ApplicationShape, applicationShapes, parseApplication } from './application/parse.ts';
export { targetFault } from './application/target.ts';
export { capabilityRungs, isAboutShape, type Rung } from './capabilities/ladder.ts';
export {
  type Capabilities,
  type Hosting,
  type InterfaceType,
  interfaceTypes,
  type ParsedCapabilities,
  peripheralTypes,
  type WireProfile,
} from './capabilities/model.ts';
export { capabilitiesApiVersion, parseCapabilities } from './capabilities/parse.ts';
export { parseCapabilitiesText } from './capabilities/text.ts';
export { capabilitiesFromJson, capabilitiesToJson, renderCapabilities } from './capabilities/render.ts';
export { type Check, type Diagnosis, diagnosis, fail, pass, skip, warn } from './check.ts';
export { parseDeviceId } from './device-id.ts';
export { type DeviceRequest, parseDeviceRequest } from './device-request.ts';
export { type FieldProblem, ProtocolError } from './errors.ts';
export { decodeJoinString, encodeJoinString, type JoinString, JoinStringError } from './join-string.ts';
export { doubledKey, isObject, parseJson } from './json.ts';
export { onboardingRequest, type OnboardingExtensions, parseOnboardingRequest } from './onboarding.ts';
export {
  type Acknowledgement,
  parseAcknowledgement,
  readRebindOrder,
  rebindField,
  rebindMaximum,
  type RebindOrder,
  shortReason,
  writeRebindOrder,
} from './moving.ts';
export { pairingWords } from './pairing-words.ts';
export { problemBody, type ProblemCode, problems, readProblem } from './problems.ts';
export { formatQuantity, magnitudeOf, parseQuantity, type Quantity } from './quantities.ts';
export { retryAfter } from './retry-after.ts';
export { isClientId, routes } from './routes.ts';
export { parseTrustPack, type TrustPack } from './trust-pack.ts';
