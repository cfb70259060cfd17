/**
 * Kernel. What containers do, seen from outside them: their counters, processes and disk use, and the log
 * of events.
 */
package runtime.observe;
