/**
 * Pure. What a stack or project needs of the cluster it comes to: its networks and ports, its secrets and configs,
 * the order in which its services start; decided from what was read and what is there.
 */
package cli.stack;
