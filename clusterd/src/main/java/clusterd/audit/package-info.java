/**
 * Pure. Lines of the audit log: what is in one, how each holds on to the one before, and where that breaks.
 */
package clusterd.audit;
