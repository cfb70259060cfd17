/**
 * Pure. How many tasks a service should have for what they have to do.
 */
package clusterd.autoscale;
