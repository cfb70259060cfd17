/**
 * Edge. The node daemon: the gRPC service behind the local jctl.
 */
package runtime.node;
