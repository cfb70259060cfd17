/**
 * Edge. What takes how long within a call: spans, which of them is whose child, and which a thread works in.
 */
package runtime.trace;
