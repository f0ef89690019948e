// What the caller's shell holds is for the caller, not for what is tested: colours (the runner itself forces them at a terminal),
// a proxy of the site, a database, a service manager's socket, and settings of a muster that is in use. Loaded with --import into
// each test file.
const theirs =
  /^(?:FORCE_COLOR|NO_COLOR|(?:https?|all|no)_proxy|PG[A-Z]+|NOTIFY_SOCKET|CREDENTIALS_DIRECTORY|(?:CACHE|STATE|CONFIGURATION)_DIRECTORY|MUSTER_.*)$/i;
/** How much a test does, for CI. */
const ours = /^MUSTER_(?:DRILL_(?:KILLS|SEED)|HUGE_BYTES|OFFLINE_DAYS|POWER_CUTS|RACES(?:_SEED)?)$/;

for (const name of Object.keys(process.env))
  if (theirs.test(name) && !ours.test(name)) delete process.env[name];
