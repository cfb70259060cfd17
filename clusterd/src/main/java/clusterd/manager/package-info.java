/**
 * Edge. Leader loops.
 */
package clusterd.manager;
