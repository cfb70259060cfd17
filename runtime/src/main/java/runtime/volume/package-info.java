/**
 * Edge. Volumes: folders of files that outlive containers, on disk and in who has them.
 */
package runtime.volume;
