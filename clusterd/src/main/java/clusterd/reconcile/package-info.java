/**
 * Pure. Desired against observed state, as commands.
 */
package clusterd.reconcile;
