/**
 * Pure. What a user may ask for: every problem of a service's spec at once, and the times of cron.
 */
package clusterd.spec;
