/**
 * Edge. Service discovery by name.
 */
package overlaynet.dns;
