/**
 * Edge. jrun: the command line of an OCI runtime, as runc and crun have it.
 */
package cli.jrun;
