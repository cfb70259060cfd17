/**
 * Edge. How often a manager does something, and how long it takes.
 */
package clusterd.measure;
