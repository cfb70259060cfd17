/**
 * Pure. OCI images: references, manifests, digests, layer order, chain IDs, whiteouts.
 */
package runtime.image;
