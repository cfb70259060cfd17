/**
 * Pure. What a node and the leading manager say to each other in a session, and what of it is new.
 */
package clusterd.session;
