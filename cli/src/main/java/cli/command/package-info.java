/**
 * Edge. One class per command.
 */
package cli.command;
