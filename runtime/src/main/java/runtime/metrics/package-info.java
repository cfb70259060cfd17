/**
 * Edge. The counters of the daemon and its containers for Prometheus.
 */
package runtime.metrics;
