/**
 * Pure. What happens in a cluster, as events in docker's words.
 */
package clusterd.event;
