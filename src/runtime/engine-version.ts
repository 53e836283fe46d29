/** The version of the library as written into manifests: decisions may differ between versions. */
export const ENGINE_VERSION = '0.1.0';
