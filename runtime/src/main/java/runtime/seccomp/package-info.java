/**
 * Pure. Seccomp profiles compiled to BPF programs.
 */
package runtime.seccomp;
