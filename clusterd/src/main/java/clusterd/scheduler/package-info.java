/**
 * Pure. Filters, scores and reasons.
 */
package clusterd.scheduler;
