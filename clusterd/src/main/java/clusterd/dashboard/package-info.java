/**
 * Edge. The dashboard: a page over HTTP that shows the cluster as it changes, and changes nothing.
 */
package clusterd.dashboard;
