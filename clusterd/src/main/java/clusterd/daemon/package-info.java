/**
 * Edge. Start-up order.
 */
package clusterd.daemon;
