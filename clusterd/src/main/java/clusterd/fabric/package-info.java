/**
 * Edge. The cluster's networks as this node is told of them: kept on disk, and handed to the overlay.
 */
package clusterd.fabric;
