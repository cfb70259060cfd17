/**
 * Pure. The replicated state and its deterministic apply(command).
 */
package clusterd.state;
