/** Files of an operator as the API takes them. */

/** Its bytes in base64. */
export async function base64Of(file: Blob): Promise<string> {
  const reader = new FileReader();
  const done = new Promise<void>((resolve, reject) => {
    reader.onload = () => resolve();
    reader.onerror = () => reject(reader.error ?? new Error('the file cannot be read'));
  });
  reader.readAsDataURL(file);
  await done;
  const url = String(reader.result);
  return url.slice(url.indexOf(',') + 1);
}

/** Certificates: PEM as it is, DER in base64. */
export async function certificatesIn(file: Blob): Promise<string> {
  const text = await file.text();
  return text.includes('-----BEGIN ') ? text : base64Of(file);
}
