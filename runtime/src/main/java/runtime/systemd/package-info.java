/**
 * Edge. What is asked of systemd: scopes, which are cgroups it knows of, over D-Bus.
 */
package runtime.systemd;
