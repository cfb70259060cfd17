/**
 * Pure. What a service's template makes of each task's container: its name, its labels, its placeholders, and
 * what a template must not say.
 */
package clusterd.template;
