/**
 * Pure. The Container Network Interface (CNI's SPEC.md, 0.3.0 to 1.1.0): lists of plug-ins, what each is
 * told, what it answers.
 */
package overlaynet.cni;
