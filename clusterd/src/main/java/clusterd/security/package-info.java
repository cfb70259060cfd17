/**
 * Edge. The cluster's authority, its certificates and sealed keys, and mutual TLS with them.
 */
package clusterd.security;
