import { RequestError, type Uploads } from '@parley/client';

/** Uploads whose code is loaded with the first file. @param urlOf the URL of a request of this user. */
export function lazyUploads(urlOf: (path: string) => string): Uploads {
  const load = async () => (await import('./uploader')).uploaderFor(urlOf);
  return {
    async upload(files) {
      const uploader = await load().catch(() => {
        throw new RequestError('unavailable', 'code-not-loaded');
      });
      return uploader.upload(files);
    },
    // Without the code nothing has been uploaded.
    forget: (files) =>
      void load().then(
        (uploader) => uploader.forget(files),
        () => undefined,
      ),
  };
}
