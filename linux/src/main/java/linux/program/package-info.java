/**
 * Pure. An ordered list of system calls as the bytes the stub reads: encode, decode, check, run on a recorder.
 */
package linux.program;
