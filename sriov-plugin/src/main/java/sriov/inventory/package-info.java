/**
 * Pure. A sysfs tree read into network functions.
 */
package sriov.inventory;
