/**
 * Kernel. Creates virtual functions, binds, configures, moves them into a namespace and gives them back.
 */
package sriov.plugin;
