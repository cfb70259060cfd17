/**
 * Pure. What a leader does next: reconciler and scheduler over one state, as one list of commands.
 */
package clusterd.decider;
