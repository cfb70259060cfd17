/**
 * Edge. The node side of a session.
 */
package clusterd.agent;
