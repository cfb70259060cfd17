/**
 * Pure. What a user asks of networks and what there is, as values: ports, places, networks.
 */
package runtime.network;
