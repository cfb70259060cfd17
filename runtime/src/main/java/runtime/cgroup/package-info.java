/**
 * Pure. Limits turned into ordered writes for cgroup v2 and v1, and their counters read back.
 */
package runtime.cgroup;
