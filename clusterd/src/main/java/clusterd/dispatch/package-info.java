/**
 * Edge. Node sessions.
 */
package clusterd.dispatch;
