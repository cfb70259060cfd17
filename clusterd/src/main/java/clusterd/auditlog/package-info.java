/**
 * Edge. The audit log on a manager's disk.
 */
package clusterd.auditlog;
