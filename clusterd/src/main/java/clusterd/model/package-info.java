/**
 * Pure. The nouns of the cluster and their transition tables.
 */
package clusterd.model;
