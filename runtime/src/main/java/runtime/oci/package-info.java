/**
 * Edge. An OCI runtime without a daemon: what its command line does, on the same plans and keepers.
 */
package runtime.oci;
