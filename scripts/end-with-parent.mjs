// A process that was started for another one ends with it, even when that one was killed with SIGKILL.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, 500).unref();
