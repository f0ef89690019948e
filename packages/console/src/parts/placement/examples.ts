/** Examples that come with the console. */
import lineDashboard from '../../../../../examples/applications/line-dashboard.yaml?raw';
import requirements from '../../../../../examples/applications/requirements.json?raw';
import visualCheck from '../../../../../examples/applications/visual-check.yaml?raw';
import press from '../../../../../examples/fleet/press-4.json?raw';
import vision from '../../../../../examples/fleet/vision-1.json?raw';

export interface Example {
  readonly name: string;
  readonly text: string;
}

const small = `# Bare requirements: what a small service needs.
type: compose
requiredResources:
  cpu: { cores: 1 }
  memory: 512Mi
  storage: 1Gi
`;

/** What may be placed. */
export const applications: readonly Example[] = [
  { name: 'small service', text: small },
  { name: 'visual check', text: visualCheck },
  { name: 'line dashboard', text: lineDashboard },
  { name: 'requirements in JSON', text: requirements },
];

/** Machines that might be bought. */
export const machines: readonly Example[] = [
  { name: 'vision box', text: vision },
  { name: 'press controller', text: press },
];
