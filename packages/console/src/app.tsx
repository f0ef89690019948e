import { useSyncExternalStore } from 'react';
import { RouterProvider } from 'react-router';
import { currentSession, onSessionChange } from './api/session.ts';
import { SignIn } from './pages/sign-in.tsx';
import { router } from './router.tsx';

/** Pages for who is signed in; else the page to sign in on, at the address to return to. */
export function App() {
  const { token, reason } = useSyncExternalStore(onSessionChange, currentSession);
  return token === null ? <SignIn reason={reason} /> : <RouterProvider key={token} router={router} />;
}
