/**
 * Edge. Pull and push over the OCI distribution protocol.
 */
package runtime.registry;
