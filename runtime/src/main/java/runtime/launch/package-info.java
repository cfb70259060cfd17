/**
 * Kernel. Runs a launch plan and maps a failure back to its step.
 */
package runtime.launch;
