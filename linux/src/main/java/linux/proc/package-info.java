/**
 * Pure. Parsers for the text of /proc, /sys and cgroup files.
 */
package linux.proc;
