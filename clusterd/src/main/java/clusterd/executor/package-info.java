/**
 * Edge. Tasks carried out over runtime and network.
 */
package clusterd.executor;
