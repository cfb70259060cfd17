/**
 * Edge. A small gRPC client: HTTP/2 frames over a Unix domain socket, for commands that must start fast.
 */
package cli.transport;
