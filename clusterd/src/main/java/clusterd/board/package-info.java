/**
 * Pure. What a dashboard shows of a cluster, as pieces of JSON, what of it is new, and how that is sent.
 */
package clusterd.board;
