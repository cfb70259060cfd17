/**
 * Pure. What happened to containers, images, networks and volumes, as values, and which of it somebody wants.
 */
package runtime.event;
