/**
 * Pure. Compose files as projects of services, all that is wrong with them at once, and projects as text again.
 */
package clusterd.compose;
