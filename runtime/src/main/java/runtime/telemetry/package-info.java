/**
 * Edge. Spans sent to a collector with OpenTelemetry's SDK: the only package that knows it.
 */
package runtime.telemetry;
