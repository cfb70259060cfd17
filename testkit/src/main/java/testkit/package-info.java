/**
 * Edge. Helpers for tests only: capabilities a test needs, temporary folders, processes that end with the test.
 */
package testkit;
