/**
 * Pure. Names, roles and tokens of a cluster's members, and when certificates and roots change.
 */
package clusterd.credential;
