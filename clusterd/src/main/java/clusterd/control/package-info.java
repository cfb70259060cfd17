/**
 * Edge. The cluster API.
 */
package clusterd.control;
