/**
 * Edge. Micro-benchmarks: {@code bench/jmh/run [REGEX]}.
 */
package jmh;
