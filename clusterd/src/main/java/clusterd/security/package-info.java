/**
 * Edge. Tokens and certificates.
 */
package clusterd.security;
