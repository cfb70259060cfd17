/**
 * Pure. Protocol buffer messages read and written field by field, for commands that must start fast.
 */
package cli.wire;
