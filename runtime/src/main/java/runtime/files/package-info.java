/**
 * Kernel. The files of containers and volumes, read and written from open folders: no symbolic link that
 * others control is ever followed out of them.
 */
package runtime.files;
