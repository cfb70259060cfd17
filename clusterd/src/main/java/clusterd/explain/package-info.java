/**
 * Pure. Answers to why something runs where it runs, or does not.
 */
package clusterd.explain;
