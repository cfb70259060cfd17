/**
 * Pure. Programs for the kernel's own virtual machine (eBPF): instructions by name, and their bytes.
 */
package linux.bpf;
