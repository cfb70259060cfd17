/**
 * Kernel. The machine code per architecture that runs an encoded program, inside this process or as a tiny ELF of its own.
 */
package linux.stub;
