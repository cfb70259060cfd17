/**
 * Pure. The container spec (OCI runtime-spec config.json): records, parser, writer,
 * and a validator that reports every problem at once.
 */
package runtime.spec;
