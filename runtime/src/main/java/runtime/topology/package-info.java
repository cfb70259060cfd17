/**
 * Pure. Which processors, huge pages and devices of a machine are near each other (NUMA), and which of them a container gets together.
 */
package runtime.topology;
