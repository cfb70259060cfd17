/**
 * Pure. Who in a network may talk to whom: rules as people write them, what they say of a packet, and nf_tables' text of them.
 */
package overlaynet.policy;
