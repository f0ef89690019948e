import { Navigate } from 'react-router';

/** The settings open with the first of their pages. */
export function Settings() {
  return <Navigate to="/settings/tokens" replace />;
}
