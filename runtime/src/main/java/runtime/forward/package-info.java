/**
 * Pure. What becomes of a container's output beside its own log: the choice, lines out of pieces, and the
 * messages journald and syslog take.
 */
package runtime.forward;
