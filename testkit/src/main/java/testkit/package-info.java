/**
 * Edge. For tests only: what a test needs of its machine, processes that end with it, and what
 * it may have left behind.
 */
package testkit;
