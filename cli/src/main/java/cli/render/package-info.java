/**
 * Pure. Tables, JSON, plans and explanations as text.
 */
package cli.render;
