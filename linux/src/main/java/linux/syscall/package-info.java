/**
 * Kernel. One method per system call, named as the manual names it; EINTR retried; errno returned per call, never global.
 */
package linux.syscall;
