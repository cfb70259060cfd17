/**
 * Pure. System call numbers, flags and struct layouts per architecture (x86-64, aarch64), sizes checked.
 */
package linux.abi;
