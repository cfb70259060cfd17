/**
 * Edge. Container lifecycle: transition table, state on disk, logs, re-adoption after a restart.
 */
package runtime.container;
