/**
 * Kernel. Runs CNI plug-ins for containers, and remembers on disk what has to be undone.
 */
package overlaynet.plugin;
