/**
 * Pure. What operators may do to managers, what follows from it, and why not.
 */
package clusterd.operation;
