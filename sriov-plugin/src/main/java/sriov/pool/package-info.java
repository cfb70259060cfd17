/**
 * Pure. Selectors turned into resources, and which function to grant.
 */
package sriov.pool;
