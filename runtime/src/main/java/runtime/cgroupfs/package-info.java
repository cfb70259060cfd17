/**
 * Edge. Does on the cgroup file system what {@link runtime.cgroup} has planned.
 */
package runtime.cgroupfs;
