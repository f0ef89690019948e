// How Node.js is set up for a command. Plain JavaScript: the launcher reads it before anything else.

/** @param {string | undefined} command the first argument of `muster` */
export function nodeFlags(command) {
  // A device has little memory and little to do: it needs neither a large young generation nor code that is made fast.
  if (command === 'device') return ['--max-semi-space-size=1', '--optimize-for-size', '--no-opt'];
  // What questions over a large fleet leave behind is swept up before it is four times what is needed: by half of it takes no
  // more time than by four fifths, and 15 MB less. A young generation half as large as usual saves 20 MB after 10,000 onboardings;
  // one of 2 MB made a signed report cost half as much again.
  if (command === 'wfm') return ['--heap-growing-percent=50', '--max-semi-space-size=8'];
  return [];
}
