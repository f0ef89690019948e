import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { Page } from './page.tsx';

/** The pages of the settings: each has an address below settings/. */
const tabs = [
  ['tokens', 'Tokens'],
  ['webhooks', 'Webhooks'],
  ['rules', 'Admission rules'],
  ['device-cas', 'Device CAs'],
  ['preauthorizations', 'Pre-authorisations'],
  ['tickets', 'Tickets'],
  ['trust', 'Trust'],
] as const;

export type SettingsTab = (typeof tabs)[number][0];

/** One page of the settings, with the way to the others. @param twin as of a page */
export function SettingsPage(o: { tab: SettingsTab; about: string; twin: string; children: ReactNode }) {
  const navigate = useNavigate();
  const title = tabs.find(([tab]) => tab === o.tab)?.[1] ?? '';
  return (
    <Page title={`Settings: ${title}`} about={o.about} twin={o.twin}>
      <Tabs
        value={o.tab}
        onChange={(tab) => void navigate(`/settings/${tab}`)}
        activateTabWithKeyboard={false}
      >
        <Tabs.List aria-label="Settings">
          {tabs.map(([tab, label]) => (
            <Tabs.Tab key={tab} value={tab}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={o.tab} pt="md">
          {o.children}
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
