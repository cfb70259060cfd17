/**
 * Kernel. The user's terminal: raw mode and size.
 */
package cli.terminal;
