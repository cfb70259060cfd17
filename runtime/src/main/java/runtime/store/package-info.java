/**
 * Edge. Content-addressed blobs (an OCI image layout on disk) and unpacked, shared layers.
 */
package runtime.store;
